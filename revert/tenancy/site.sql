-- Revert smartattend:tenancy/site from pg
begin;
set local role smartattend_owner;

drop table tenancy.site;

commit;
