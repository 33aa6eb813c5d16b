-- Revert smartattend:api/put_enrolments from pg
begin;
set local role smartattend_owner;

drop function api.put_enrolments(jsonb, text);
delete from core.entry_field where entry = 'enrolment';

commit;
