-- Revert smartattend:api/access_scan from pg
begin;
set local role smartattend_owner;

drop function api.access_scan(uuid, text);

commit;
