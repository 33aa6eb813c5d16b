-- Revert smartattend:api/put_timetable_exceptions from pg
begin;
set local role smartattend_owner;

drop function api.put_timetable_exceptions(jsonb, text);
delete from core.entry_field where entry = 'timetable_exception';

commit;
