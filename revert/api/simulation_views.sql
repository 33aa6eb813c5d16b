-- Revert smartattend:api/simulation_views from pg
begin;
set local role smartattend_owner;

drop view api.simulation_issue;
drop view api.simulation_check;
drop view api.simulation_fault;
drop view api.simulation_scenario;
drop view api.simulation_run;

commit;
