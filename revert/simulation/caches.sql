-- Revert smartattend:simulation/caches from pg
begin;
set local role smartattend_owner;

drop function simulation.recorded_twice(uuid, uuid, text);
drop function simulation.open_twice(uuid, uuid, text);
drop function simulation.illegal_history(uuid, uuid, text);
drop function simulation.cache_off_history(uuid, uuid, text);

commit;
