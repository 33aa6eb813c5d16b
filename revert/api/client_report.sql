-- Revert smartattend:api/client_report from pg
begin;
set local role smartattend_owner;

drop function api.client_report(uuid, jsonb, text);

commit;
