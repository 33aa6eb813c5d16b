-- Revert smartattend:school/contradicted from pg
begin;
set local role smartattend_owner;

drop function school.contradicted(uuid[]);

commit;
