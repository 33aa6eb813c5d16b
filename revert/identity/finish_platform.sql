-- Revert smartattend:identity/finish_platform from pg
begin;
set local role smartattend_owner;

drop function identity.claim_platform(text, uuid, jsonb, text);
drop function identity.finish_platform(core.outcome, uuid, text, jsonb, uuid, jsonb, jsonb, text, jsonb);
set local role smartattend_session;
drop function identity.platform_justification();

commit;
