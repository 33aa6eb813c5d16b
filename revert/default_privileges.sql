-- Revert smartattend:default_privileges from pg
begin;

set local role smartattend_owner;
alter default privileges grant execute on functions to public;
set local role smartattend_session;
alter default privileges grant execute on functions to public;
set local role smartattend_ledger;
alter default privileges grant execute on functions to public;
set local role smartattend_refresher;
alter default privileges grant execute on functions to public;

commit;
