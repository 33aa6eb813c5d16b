-- Deploy smartattend:timing/device_clock/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('device_clock', 'Clock of a device', 'timing.device_clock');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('device_clock', 'unknown', true, false, 'there is no sample, or none of the last day'),
  ('device_clock', 'healthy', false, false, 'off by two seconds at most, its error included'),
  ('device_clock', 'warning', false, false, 'off by half a minute at most'),
  ('device_clock', 'critical', false, false, 'off by five minutes at most'),
  ('device_clock', 'untrusted', false, false, 'off by more, stepped, or in an impossible year: punches are held');
insert into core.transition (machine, from_state, to_state, via, requires_reason, system_only, guard) values
  ('device_clock', null, 'unknown', 'register', false, true, 'the first sample of a device'),
  ('device_clock', 'unknown', 'healthy', 'measure', true, true, 'what the sample shows'),
  ('device_clock', 'unknown', 'warning', 'measure', true, true, 'what the sample shows'),
  ('device_clock', 'unknown', 'critical', 'measure', true, true, 'what the sample shows'),
  ('device_clock', 'unknown', 'untrusted', 'measure', true, true, 'what the sample shows'),
  ('device_clock', 'healthy', 'warning', 'degrade', true, true, 'one sample'),
  ('device_clock', 'healthy', 'critical', 'degrade', true, true, 'one sample'),
  ('device_clock', 'healthy', 'untrusted', 'degrade', true, true, 'one sample'),
  ('device_clock', 'warning', 'critical', 'degrade', true, true, 'one sample'),
  ('device_clock', 'warning', 'untrusted', 'degrade', true, true, 'one sample'),
  ('device_clock', 'critical', 'untrusted', 'degrade', true, true, 'one sample'),
  ('device_clock', 'untrusted', 'critical', 'recover', true, true, 'three better samples in a row'),
  ('device_clock', 'critical', 'warning', 'recover', true, true, 'three better samples in a row'),
  ('device_clock', 'warning', 'healthy', 'recover', true, true, 'three better samples in a row'),
  ('device_clock', 'healthy', 'unknown', 'expire', true, true, 'no sample for 24 hours'),
  ('device_clock', 'warning', 'unknown', 'expire', true, true, 'no sample for 24 hours'),
  ('device_clock', 'critical', 'unknown', 'expire', true, true, 'no sample for 24 hours'),
  ('device_clock', 'untrusted', 'unknown', 'expire', true, true, 'no sample for 24 hours');

create trigger device_clock_800_judge_transition
after insert or update on timing.device_clock
for each row execute function core.judge_transition('device_clock', 'device_id');
alter table timing.device_clock enable always trigger device_clock_800_judge_transition;

commit;
