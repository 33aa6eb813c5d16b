-- Deploy smartattend:identity/schema to pg
begin;
set local role smartattend_owner;

create schema identity;
comment on schema identity is
  'Accounts, memberships, roles and grants, login sessions, and the current session: the only source of tenant, person and permissions.';
grant usage, create on schema identity to smartattend_session;
grant usage on schema identity to smartattend_app, smartattend_auditor, smartattend_operator, smartattend_deployer;

commit;
