-- Deploy smartattend:default_privileges to pg
begin;

-- The global form: the form with "in schema" cannot take a global grant away. Nothing that we create is executable by public.
set local role smartattend_owner;
alter default privileges revoke execute on functions from public;
set local role smartattend_session;
alter default privileges revoke execute on functions from public;
set local role smartattend_ledger;
alter default privileges revoke execute on functions from public;
set local role smartattend_refresher;
alter default privileges revoke execute on functions from public;

commit;
