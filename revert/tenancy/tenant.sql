-- Revert smartattend:tenancy/tenant from pg
begin;
set local role smartattend_owner;

drop table tenancy.tenant_transition;
drop table tenancy.tenant;

commit;
