-- Revert smartattend:tenancy/unit from pg
begin;
set local role smartattend_owner;

drop trigger site_500_make_root_unit on tenancy.site;
drop function tenancy.make_root_unit();
drop trigger unit_500_derive_ancestors on tenancy.unit;
drop function tenancy.derive_ancestors();
drop table tenancy.unit;

commit;
