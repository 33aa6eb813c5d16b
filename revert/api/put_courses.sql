-- Revert smartattend:api/put_courses from pg
begin;
set local role smartattend_owner;

drop function api.put_courses(jsonb, text);
delete from core.entry_field where entry = 'course';

commit;
