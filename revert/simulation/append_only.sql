-- Revert smartattend:simulation/append_only from pg
begin;
set local role smartattend_owner;

drop trigger issue_100_no_truncate on simulation.issue;
drop trigger issue_100_append_only on simulation.issue;
drop trigger check_100_no_truncate on simulation.check;
drop trigger check_100_append_only on simulation.check;
drop trigger fault_100_no_truncate on simulation.fault;
drop trigger fault_100_append_only on simulation.fault;
drop trigger scenario_100_no_truncate on simulation.scenario;
drop trigger scenario_100_append_only on simulation.scenario;
drop trigger call_100_no_truncate on simulation.call;
drop trigger call_100_append_only on simulation.call;

commit;
