-- Revert smartattend:core/actor from pg
begin;
set local role smartattend_owner;

drop function core.bound_tenant(text);
drop function core.actor();
drop type core.actor;

commit;
