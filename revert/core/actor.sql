-- Revert smartattend:core/actor from pg
begin;
set local role smartattend_owner;

drop function core.bind(uuid, text, core.actor);
drop function core.bind(text, boolean, boolean, boolean, boolean, boolean, boolean, core.actor);
drop function core.elapsed_us(core.actor);
drop function core.bound_tenant(text);
drop function core.bound_tenant();
drop function core.actor();
drop type core.actor;

commit;
