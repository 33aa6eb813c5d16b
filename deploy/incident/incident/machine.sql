-- Deploy smartattend:incident/incident/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('incident', 'Incident', 'incident.incident');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('incident', 'detected', true, false, 'it happened, and is nobody''s: it escalates'),
  ('incident', 'acknowledged', false, false, 'somebody has it'),
  ('incident', 'investigating', false, false, 'its owner looks into it'),
  ('incident', 'mitigated', false, false, 'it hurts no more; its cause may still be there'),
  ('incident', 'resolved', false, false, 'it is put right; it opens again if it comes back within a day'),
  ('incident', 'closed', false, true, 'over; what comes back is another incident'),
  ('incident', 'dismissed', false, true, 'it was none, or belongs to another');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  ('incident', null, 'detected', 'raise', 'incident.manage', false, '{}', false, 'one open incident for each key; system, or a person'),
  ('incident', 'detected', 'acknowledged', 'acknowledge', 'incident.manage', false, '{}', false, 'whoever does has it'),
  ('incident', 'detected', 'dismissed', 'dismiss', 'incident.manage', true, '{proposer_id}', false, 'severity 1 and 2: proposed by somebody else'),
  ('incident', 'detected', 'dismissed', 'merge', null, false, '{}', false, 'into the incident of a storm'),
  ('incident', 'detected', 'resolved', 'recover', null, false, '{}', true, 'what was wrong is right again'),
  ('incident', 'acknowledged', 'resolved', 'recover', null, false, '{}', true, 'what was wrong is right again'),
  ('incident', 'acknowledged', 'investigating', 'investigate', 'incident.manage', false, '{}', false, 'its owner'),
  ('incident', 'acknowledged', 'detected', 'unacknowledge', 'incident.manage', true, '{}', false, null),
  ('incident', 'acknowledged', 'detected', 'expire', null, false, '{}', false, 'the acknowledgement has lasted long enough'),
  ('incident', 'acknowledged', 'dismissed', 'dismiss', 'incident.manage', true, '{proposer_id}', false, 'severity 1 and 2: proposed by somebody else'),
  ('incident', 'investigating', 'dismissed', 'dismiss', 'incident.manage', true, '{proposer_id}', false, 'severity 1 and 2: proposed by somebody else'),
  ('incident', 'investigating', 'mitigated', 'mitigate', 'incident.manage', false, '{}', false, 'mitigation stated'),
  ('incident', 'investigating', 'resolved', 'resolve', 'incident.manage', false, '{}', false, 'root cause, with confidence, and fix stated'),
  ('incident', 'mitigated', 'investigating', 'fail', 'incident.manage', true, '{}', false, 'the mitigation did not hold'),
  ('incident', 'mitigated', 'resolved', 'verify', 'incident.manage', false, '{}', false, 'verification stated'),
  ('incident', 'resolved', 'investigating', 'reopen', 'incident.manage', true, '{}', false, 'the same key within a day, or new facts; another episode'),
  ('incident', 'resolved', 'closed', 'close', 'incident.manage', false, '{closer_is_not}', false,
   'severity 1 and 2: root cause, remediation and prevention stated, and not by who resolved it');

create trigger incident_800_judge_transition
after insert or update on incident.incident
for each row execute function core.judge_transition('incident', 'id');
alter table incident.incident enable always trigger incident_800_judge_transition;

commit;
