-- Revert smartattend:api/put_timetable from pg
begin;
set local role smartattend_owner;

drop function api.put_timetable(jsonb, text);
delete from core.entry_field where entry = 'timetable';

commit;
