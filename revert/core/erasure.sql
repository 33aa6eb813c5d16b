-- Revert smartattend:core/erasure from pg
begin;
set local role smartattend_owner;

drop policy owner_adds_to_the_bound_tenant on core.erasure;
drop policy owner_reads_the_bound_tenant on core.erasure;
drop function core.erased_tenant();
drop table core.erasure;

commit;
