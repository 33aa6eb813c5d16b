-- Revert smartattend:tenancy/schema from pg
begin;
set local role smartattend_owner;

drop schema tenancy;

commit;
