-- Deploy smartattend:ledger/refusal/readable to pg
begin;
set local role smartattend_ledger;

-- The domain reads what was refused in the bound tenant, or to the platform where none is bound (and writes it through ledger.refuse only).
grant select on ledger.refusal to smartattend_owner;
create policy owner_reads_the_bound_tenant on ledger.refusal
for select to smartattend_owner
using (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)));

commit;
