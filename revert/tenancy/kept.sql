-- Revert smartattend:tenancy/kept from pg
begin;
set local role smartattend_owner;

drop trigger tenant_transition_100_no_truncate on tenancy.tenant_transition;
drop trigger tenant_transition_100_append_only on tenancy.tenant_transition;
drop trigger unit_100_no_truncate on tenancy.unit;
drop trigger unit_100_kept on tenancy.unit;
drop trigger site_100_no_truncate on tenancy.site;
drop trigger site_100_kept on tenancy.site;
drop trigger tenant_100_no_truncate on tenancy.tenant;
drop trigger tenant_100_kept on tenancy.tenant;

commit;
