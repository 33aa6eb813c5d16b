-- Revert smartattend:api/put_closed_days from pg
begin;
set local role smartattend_owner;

drop function api.put_closed_days(jsonb, text);
delete from core.entry_field where entry = 'closed_day';

commit;
