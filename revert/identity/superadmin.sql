-- Revert smartattend:identity/superadmin from pg
begin;
set local role smartattend_session;

drop function identity.login_platform(text, text, text, integer, interval);
drop function identity.bootstrap_superadmin(text);

commit;
