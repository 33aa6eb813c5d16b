-- Revert smartattend:school/occurrences from pg
begin;
set local role smartattend_owner;

drop function school.occurrences(date, date, uuid);

commit;
