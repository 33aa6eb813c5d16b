-- Revert smartattend:api/role_request from pg
begin;
set local role smartattend_owner;

drop function api.role_request(uuid, text, uuid, uuid, timestamptz, timestamptz, text, text, text);

commit;
