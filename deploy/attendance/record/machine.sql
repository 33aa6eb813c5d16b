-- Deploy smartattend:attendance/record/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('attendance_record', 'Attendance record', 'attendance.record');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('attendance_record', 'recorded', true, false, 'captured, not yet accepted'),
  ('attendance_record', 'flagged', true, false, 'held: at least one open blocking flag, excluded from totals'),
  ('attendance_record', 'verified', false, false, 'accepted, counts'),
  ('attendance_record', 'voided', false, true, 'never counts, kept for ever');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  ('attendance_record', null, 'recorded', 'capture', 'attendance.capture', false, '{}', false, 'tenant writable, subject active, period open'),
  ('attendance_record', null, 'flagged', 'capture', 'attendance.capture', false, '{}', false, 'a blocking rule fired'),
  ('attendance_record', null, 'recorded', 'finalize', null, false, '{}', true, 'register submitted or grace over, every device watermark past the end, no leave'),
  ('attendance_record', 'recorded', 'verified', 'verify', 'attendance.verify', false, '{subject_id}', false, 'no open blocking flag; faculty only for the own submitted register'),
  ('attendance_record', 'recorded', 'flagged', 'flag', 'attendance.flag', true, '{}', false, 'a rule or a reviewer'),
  ('attendance_record', 'recorded', 'voided', 'void', 'attendance.void', true, '{subject_id}', false, 'period open'),
  ('attendance_record', 'flagged', 'verified', 'clear', 'attendance.verify', true, '{subject_id}', false, 'every blocking flag dismissed; reviewer is not the capturer'),
  ('attendance_record', 'flagged', 'voided', 'uphold', 'attendance.void', true, '{subject_id}', false, 'at least one flag upheld'),
  ('attendance_record', 'verified', 'flagged', 'flag', 'attendance.flag', true, '{}', false, 'new evidence; period open'),
  ('attendance_record', 'verified', 'voided', 'correction', null, true, '{subject_id}', false, 'only by an approved correction of kind void');

-- The plain creation, which every capture is, is legal by its row above (a test holds the row): only the others are asked about.
create trigger record_800_judge_creation
after insert on attendance.record
for each row
when (new.state <> 'recorded' or new.state_via <> 'capture')
execute function core.judge_transition('attendance_record', 'kept_as_events');
create trigger record_800_judge_transition
after update on attendance.record
for each row
when (
  new.state <> old.state or new.state_via <> old.state_via or new.state_reason is distinct from old.state_reason
)
execute function core.judge_transition('attendance_record', 'kept_as_events');
alter table attendance.record enable always trigger record_800_judge_creation;
alter table attendance.record enable always trigger record_800_judge_transition;

commit;
