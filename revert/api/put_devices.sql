-- Revert smartattend:api/put_devices from pg
begin;
set local role smartattend_owner;

drop function api.put_devices(jsonb, text);
delete from core.entry_field where entry = 'device';

commit;
