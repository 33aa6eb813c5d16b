-- Verify smartattend:incident/incident on pg
begin;
set local role smartattend_owner;

select * from incident.counter where false;
select * from incident.incident where false;
select * from incident.incident_transition where false;

do $$
begin
  assert to_regclass('incident.one_is_open_for_each_key') is not null, 'index one_is_open_for_each_key';
  assert to_regclass('incident.one_storm_is_open_for_each_source') is not null, 'index one_storm_is_open_for_each_source';
  assert to_regclass('incident.incident_by_key') is not null, 'index incident_by_key';
  assert to_regclass('incident.incident_into') is not null, 'index incident_into';
  assert to_regclass('incident.incident_previous') is not null, 'index incident_previous';
  assert to_regclass('incident.incident_transition_object') is not null, 'index incident_transition_object';
end $$;

rollback;
