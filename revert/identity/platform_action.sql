-- Revert smartattend:identity/platform_action from pg
begin;
set local role smartattend_owner;

drop table identity.platform_action;

commit;
