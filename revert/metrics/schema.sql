-- Revert smartattend:metrics/schema from pg
begin;
set local role smartattend_owner;

drop schema metrics;

commit;
