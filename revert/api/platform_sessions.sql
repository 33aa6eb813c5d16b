-- Revert smartattend:api/platform_sessions from pg
begin;
set local role smartattend_owner;

drop function api.platform_sessions(text);

commit;
