-- Revert smartattend:identity/platform_figures from pg
begin;
set local role smartattend_session;

drop function identity.platform_figures();

commit;
