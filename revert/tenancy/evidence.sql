-- Revert smartattend:tenancy/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('tenancy.gate');
select ledger.remove_capture('tenancy.setting');
select ledger.remove_capture('tenancy.unit');
select ledger.remove_capture('tenancy.site');
select ledger.remove_capture('tenancy.tenant');
select ledger.remove_capture('tenancy.legal_hold');
select ledger.remove_history('tenancy.tombstone');
select ledger.remove_history('tenancy.export_receipt');
select ledger.remove_history('tenancy.approval');
select ledger.remove_history('tenancy.tenant_transition');
select ledger.remove_history('core.erasure');

commit;
