-- Revert smartattend:identity/support_access/ended from pg
begin;
set local role smartattend_session;

drop trigger login_session_900_keep_support_end on identity.login_session;
drop function identity.keep_support_end();

commit;
