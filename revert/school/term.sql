-- Revert smartattend:school/term from pg
begin;
set local role smartattend_owner;

drop table school.term;

commit;
