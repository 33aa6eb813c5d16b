-- Deploy smartattend:tenancy/schema to pg
begin;
set local role smartattend_owner;

create schema tenancy;
comment on schema tenancy is 'Platforms, tenants and their lifecycle, sites and units.';
grant usage on schema tenancy to smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;

commit;
