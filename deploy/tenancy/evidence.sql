-- Deploy smartattend:tenancy/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('core.erasure');
select ledger.add_history('tenancy.tenant_transition');
select ledger.add_history('tenancy.approval');
select ledger.add_history('tenancy.export_receipt');
select ledger.add_history('tenancy.tombstone');
select ledger.add_capture('tenancy.legal_hold');
select ledger.add_capture('tenancy.tenant');
select ledger.add_capture('tenancy.site');
select ledger.add_capture('tenancy.unit');
select ledger.add_capture('tenancy.setting');
select ledger.add_capture('tenancy.gate');

commit;
