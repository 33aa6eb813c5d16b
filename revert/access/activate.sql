-- Revert smartattend:access/activate from pg
begin;
set local role smartattend_owner;

drop trigger role_grant_700_judge_update on identity.role_grant;
drop trigger role_grant_700_judge_insert on identity.role_grant;
drop function access.judge_grants();
drop function access.grant_at_once(access.role_request);
drop function access.open_request(text, uuid, text, uuid, timestamptz, timestamptz, text, text, timestamptz);
drop function access.activate(uuid, timestamptz);
drop function access.grant_all(access.role_request[], timestamptz);
drop function access.put_grants(uuid[], timestamptz);
drop function access.lock_tenant();

commit;
