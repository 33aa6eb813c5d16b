-- Revert smartattend:default_privileges from pg
begin;

alter default privileges for role smartattend_owner grant execute on functions to public;
alter default privileges for role smartattend_session grant execute on functions to public;
alter default privileges for role smartattend_ledger grant execute on functions to public;

commit;
