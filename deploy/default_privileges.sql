-- Deploy smartattend:default_privileges to pg
begin;

-- The global form: the form with "in schema" cannot take a global grant away. Nothing that we create is executable by public.
alter default privileges for role smartattend_owner revoke execute on functions from public;
alter default privileges for role smartattend_session revoke execute on functions from public;
alter default privileges for role smartattend_ledger revoke execute on functions from public;

commit;
