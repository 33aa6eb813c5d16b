-- Revert smartattend:identity/become_platform_system from pg
begin;
set local role smartattend_session;

drop function identity.become_platform_system();

commit;
