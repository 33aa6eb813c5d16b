-- Revert smartattend:school/generate from pg
begin;
set local role smartattend_owner;

drop function school.generate(date, date, uuid);

commit;
