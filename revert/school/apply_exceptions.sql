-- Revert smartattend:school/apply_exceptions from pg
begin;
set local role smartattend_owner;

drop function school.apply_exceptions(date, date);
drop function school.exception_sessions(date, date);

commit;
