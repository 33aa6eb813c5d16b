-- Revert smartattend:tenancy/tombstone from pg
begin;
set local role smartattend_owner;

drop trigger erasure_100_purged_tenants_only on core.erasure;
drop function tenancy.judge_erasure();
drop function tenancy.missing(uuid, text, tenancy.tenant_transition, timestamptz);
drop table tenancy.tombstone;

commit;
