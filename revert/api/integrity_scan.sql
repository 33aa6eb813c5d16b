-- Revert smartattend:api/integrity_scan from pg
begin;
set local role smartattend_owner;

drop function api.integrity_scan(uuid, text);

commit;
