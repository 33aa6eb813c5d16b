-- Revert smartattend:identity/current_session from pg
begin;
set local role smartattend_session;

drop function identity.session_units(text);
drop function identity.session_holds(text);
drop function identity.session_user_id();
drop function identity.session_tenant(text);
drop function identity.current_session();

commit;
