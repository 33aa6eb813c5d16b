-- Revert smartattend:identity/issue_token from pg
begin;
set local role smartattend_session;

drop function identity.revoke_token(text, text);
drop function identity.open_device_session(uuid, uuid, uuid, interval, text);
drop function identity.login(text, text, interval, interval, text);
drop function identity.new_secret();

commit;
