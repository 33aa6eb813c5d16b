-- Revert smartattend:guard/baseline from pg
begin;

drop table guard.baseline;

commit;
