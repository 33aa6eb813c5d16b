-- Verify smartattend:access/escalation_event on pg
begin;
set local role smartattend_owner;

select * from access.escalation_event where false;
select * from access.escalation_event_transition where false;
select * from access.alarm where false;
select pg_get_functiondef('access.keep_escalation_event()'::regprocedure);
select pg_get_functiondef('access.raise_alarm()'::regprocedure);
select pg_get_functiondef('access.note(text, uuid, text, jsonb, uuid, uuid)'::regprocedure);
select pg_get_functiondef('access.note_weaker_rule()'::regprocedure);
select pg_get_functiondef('access.note_weaker_separation()'::regprocedure);

do $$
begin
  assert exists (select from core.transition where machine = 'escalation_event' and from_state is null), 'the moves of escalation_event';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event'::regclass and tgname = 'escalation_event_100_kept') = 'A', 'escalation_event_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event'::regclass and tgname = 'escalation_event_100_no_truncate') = 'A', 'escalation_event_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event_transition'::regclass and tgname = 'escalation_event_transition_100_append_only') = 'A', 'escalation_event_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event_transition'::regclass and tgname = 'escalation_event_transition_100_no_truncate') = 'A', 'escalation_event_transition_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.alarm'::regclass and tgname = 'alarm_100_append_only') = 'A', 'alarm_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.alarm'::regclass and tgname = 'alarm_100_no_truncate') = 'A', 'alarm_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event'::regclass and tgname = 'escalation_event_100_stays_as_it_was_seen') = 'A', 'escalation_event_100_stays_as_it_was_seen';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event'::regclass and tgname = 'escalation_event_800_judge_transition') = 'A', 'escalation_event_800_judge_transition';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.escalation_event'::regclass and tgname = 'escalation_event_900_alarm') = 'A', 'escalation_event_900_alarm';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_rule'::regclass and tgname = 'role_rule_900_note_weaker') = 'A', 'role_rule_900_note_weaker';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.separation'::regclass and tgname = 'separation_900_note_weaker') = 'A', 'separation_900_note_weaker';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_rule'::regclass and tgname = 'role_rule_100_kept') = 'A', 'role_rule_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_rule'::regclass and tgname = 'role_rule_100_no_truncate') = 'A', 'role_rule_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.separation'::regclass and tgname = 'separation_100_no_truncate') = 'A', 'separation_100_no_truncate';
  assert to_regclass('access.escalation_event_open') is not null, 'index escalation_event_open';
  assert to_regclass('access.escalation_event_transition_object') is not null, 'index escalation_event_transition_object';
end $$;

rollback;
