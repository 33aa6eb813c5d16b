-- Revert smartattend:tenancy/tenant/machine from pg
begin;
set local role smartattend_owner;

drop trigger tenant_800_judge_transition on tenancy.tenant;
delete from core.transition where machine = 'tenant';
delete from core.state where machine = 'tenant';
delete from core.machine where machine = 'tenant';

commit;
