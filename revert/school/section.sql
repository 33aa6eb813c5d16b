-- Revert smartattend:school/section from pg
begin;
set local role smartattend_owner;

drop table school.section;

commit;
