-- Deploy smartattend:integrity/flag/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('flag', 'Integrity flag', 'integrity.flag');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('flag', 'open', true, false, 'a rule spoke; nobody has decided'),
  ('flag', 'dismissed', false, true, 'somebody found that nothing is wrong'),
  ('flag', 'upheld', false, true, 'somebody found that the rule is right'),
  ('flag', 'auto_cleared', false, true, 'its reason has vanished');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  ('flag', null, 'open', 'raise', null, false, '{}', false, 'a rule speaks; the same evidence speaks once'),
  ('flag', 'open', 'dismissed', 'dismiss', 'attendance.flag', true, '{subject_id,captured_by}', false, null),
  ('flag', 'open', 'upheld', 'uphold', 'attendance.flag', true, '{subject_id,captured_by}', false, null),
  ('flag', 'open', 'auto_cleared', 'clear', null, true, '{}', true, 'what it was raised for is there now');

create trigger flag_800_judge_transition
after insert or update on integrity.flag
for each row execute function core.judge_transition('flag', 'id');
alter table integrity.flag enable always trigger flag_800_judge_transition;

commit;
