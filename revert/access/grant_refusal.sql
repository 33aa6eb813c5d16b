-- Revert smartattend:access/grant_refusal from pg
begin;
set local role smartattend_owner;

drop function access.refuse(text, uuid, jsonb, core.outcome, access.role_request);
drop function access.note_refusal(core.outcome, access.role_request);
drop function access.grant_refusal(access.role_request, uuid[], timestamptz);
drop function access.levels_between(integer, text);
drop function access.granter_refusal(uuid, text, uuid, uuid, timestamptz);
drop function access.approving_grant(uuid, text, uuid, uuid, timestamptz);
drop function access.holds_every_permission_of(uuid, text, uuid, timestamptz);
drop function access.live_grants(uuid, uuid, timestamptz);

commit;
