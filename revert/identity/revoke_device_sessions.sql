-- Revert smartattend:identity/revoke_device_sessions from pg
begin;
set local role smartattend_session;

drop function identity.revoke_device_sessions(uuid, uuid, text);

commit;
