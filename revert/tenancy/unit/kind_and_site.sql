-- Revert smartattend:tenancy/unit/kind_and_site from pg
begin;
set local role smartattend_owner;

alter table tenancy.unit drop constraint kind_and_site_are_referenced;

commit;
