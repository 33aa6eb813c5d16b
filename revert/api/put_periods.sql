-- Revert smartattend:api/put_periods from pg
begin;
set local role smartattend_owner;

drop function api.put_periods(jsonb, text);
delete from core.entry_field where entry = 'period';

commit;
