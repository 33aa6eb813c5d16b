-- Revert smartattend:simulation/judge from pg
begin;
set local role smartattend_owner;

drop function simulation.judge(uuid, uuid, text);

commit;
