-- Revert smartattend:tenancy/platform from pg
begin;
set local role smartattend_owner;

drop table tenancy.platform;

commit;
