-- Revert smartattend:tenancy/setting from pg
begin;
set local role smartattend_owner;

drop trigger tenant_500_make_setting on tenancy.tenant;
drop function tenancy.make_setting();
drop table tenancy.setting;

commit;
