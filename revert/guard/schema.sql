-- Revert smartattend:guard/schema from pg
begin;

drop schema guard;

commit;
