-- Deploy smartattend:tenancy/grants to pg
begin;
set local role smartattend_owner;

revoke all on all tables in schema tenancy from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on tenancy.platform, tenancy.gate to smartattend_session, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on tenancy.tenant, tenancy.unit to smartattend_session;
grant select on tenancy.tenant, tenancy.tenant_transition to smartattend_operator;

commit;
