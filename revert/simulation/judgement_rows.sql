-- Revert smartattend:simulation/judgement_rows from pg
begin;
set local role smartattend_owner;

delete from simulation.judgement;

commit;
