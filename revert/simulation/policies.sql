-- Revert smartattend:simulation/policies from pg
begin;
set local role smartattend_owner;

drop policy owner_moves_the_bound_tenant on simulation.run;
drop policy a_session_reads_its_scope on simulation.issue;
drop policy owner_appends_to_the_bound_tenant on simulation.issue;
alter table simulation.issue no force row level security;
alter table simulation.issue disable row level security;
drop policy a_session_reads_its_scope on simulation.check;
drop policy owner_appends_to_the_bound_tenant on simulation.check;
drop policy owner_reads_the_bound_tenant on simulation.check;
alter table simulation.check no force row level security;
alter table simulation.check disable row level security;
drop policy a_session_reads_its_scope on simulation.fault;
drop policy owner_appends_to_the_bound_tenant on simulation.fault;
drop policy owner_reads_the_bound_tenant on simulation.fault;
alter table simulation.fault no force row level security;
alter table simulation.fault disable row level security;
drop policy a_session_reads_its_scope on simulation.scenario;
drop policy owner_appends_to_the_bound_tenant on simulation.scenario;
alter table simulation.scenario no force row level security;
alter table simulation.scenario disable row level security;
drop policy a_session_reads_its_scope on simulation.call;
drop policy owner_appends_to_the_bound_tenant on simulation.call;
drop policy owner_reads_the_bound_tenant on simulation.call;
alter table simulation.call no force row level security;
alter table simulation.call disable row level security;
drop policy a_session_reads_its_scope on simulation.run_transition;
drop policy owner_appends_to_the_bound_tenant on simulation.run_transition;
alter table simulation.run_transition no force row level security;
alter table simulation.run_transition disable row level security;
drop policy a_session_reads_its_scope on simulation.run;
drop policy owner_appends_to_the_bound_tenant on simulation.run;
drop policy owner_reads_the_bound_tenant on simulation.run;
alter table simulation.run no force row level security;
alter table simulation.run disable row level security;

commit;
