-- Verify smartattend:incident/fact on pg
begin;
set local role smartattend_owner;

select * from incident.occurrence where false;
select * from incident.statement where false;
select * from incident.assignment where false;
select * from incident.pause where false;
select * from incident.resumption where false;
select * from incident.escalation where false;
select * from incident.page where false;
select * from incident.verdict where false;

do $$
begin
  assert to_regclass('incident.occurrence_incident') is not null, 'index occurrence_incident';
  assert to_regclass('incident.statement_incident') is not null, 'index statement_incident';
  assert to_regclass('incident.assignment_incident') is not null, 'index assignment_incident';
  assert to_regclass('incident.pause_incident') is not null, 'index pause_incident';
  assert to_regclass('incident.page_incident') is not null, 'index page_incident';
end $$;

rollback;
