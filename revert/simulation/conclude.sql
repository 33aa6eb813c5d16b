-- Revert smartattend:simulation/conclude from pg
begin;
set local role smartattend_owner;

drop function simulation.conclude(simulation.run, jsonb);

commit;
