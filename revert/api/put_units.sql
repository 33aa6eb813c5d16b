-- Revert smartattend:api/put_units from pg
begin;
set local role smartattend_owner;

drop function api.put_units(jsonb, text);
delete from core.entry_field where entry = 'unit';

commit;
