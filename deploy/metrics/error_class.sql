-- Deploy smartattend:metrics/error_class to pg
begin;
set local role smartattend_owner;

create table metrics.error_class (
  prefix text not null,
  class text not null,
  burns boolean not null,
  meaning text not null,
  constraint error_class_pkey primary key (prefix),
  constraint prefix_begins_a_sqlstate check (prefix ~ '^[A-Z0-9]{0,5}$'),
  constraint class_is_known check (class in ('success', 'client', 'server', 'timeout', 'dependency', 'throttled', 'integrity'))
);
comment on table metrics.error_class is
  'How a code counts: the longest prefix of the code is its row. What burns counts against the objectives; a caller''s error and a refusal by policy do not, and a duplicate that was correctly refused is a success.';

insert into metrics.error_class (prefix, class, burns, meaning) values
  ('', 'server', true, 'whatever else was raised'),
  ('SA', 'client', false, 'a caller''s error, or a refusal by policy'),
  ('SA005', 'throttled', false, 'a tenant whose state lets nobody in'),
  ('SA022', 'server', true, 'an illegal state: a defect of ours'),
  ('SA030', 'integrity', true, 'not the database that the ledger knows'),
  ('SA031', 'dependency', false, 'the seal has not come by yet'),
  ('SA040', 'integrity', true, 'a change that nobody announced'),
  ('SA041', 'integrity', true, 'a change that would weaken'),
  ('SA043', 'integrity', true, 'what enforces has drifted'),
  ('SA102', 'success', false, 'a key that was used before: refused as it must be'),
  ('SA107', 'throttled', false, 'a tenant whose state allows no write'),
  ('SA112', 'success', false, 'a duplicate: refused as it must be'),
  ('SA122', 'dependency', false, 'transactions that have not ended'),
  ('08', 'dependency', true, 'the connection was lost'),
  ('22', 'client', false, 'malformed data'),
  ('23', 'integrity', true, 'a constraint that nobody translated'),
  ('25006', 'dependency', true, 'a server that is read only'),
  ('40', 'dependency', true, 'a transaction that has to be repeated'),
  ('42501', 'client', false, 'no privilege'),
  ('53', 'throttled', true, 'no connection, memory or disk left'),
  ('55P03', 'timeout', true, 'a lock that did not come'),
  ('57', 'dependency', true, 'a server that stops or starts'),
  ('57014', 'timeout', true, 'a statement that took too long'),
  ('XX', 'integrity', true, 'damage, or a defect of the server');

create function metrics.error_class_of(code text)
returns metrics.error_class
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select k
  from metrics.error_class as k
  where starts_with(error_class_of.code, k.prefix)
  order by length(k.prefix) desc
  limit 1
$$;
comment on function metrics.error_class_of(text) is 'The class of a code; of no code (the empty text) do not ask.';

create table metrics.objective (
  objective text not null,
  endpoint text not null,
  target double precision not null,
  satisfied_ms double precision not null,
  meaning text not null,
  constraint objective_pkey primary key (objective),
  constraint an_endpoint_has_one_objective unique (endpoint),
  constraint target_leaves_a_budget check (target >= 0.5 and target < 1),
  constraint patience_is_1_ms_to_a_minute check (satisfied_ms >= 1 and satisfied_ms <= 60000)
);
comment on table metrics.objective is
  'Service level objectives: which part of the calls of an endpoint (* is all) must not fail, and within how many milliseconds a caller is satisfied.';
insert into metrics.objective (objective, endpoint, target, satisfied_ms, meaning) values
  ('everything', '*', 0.999, 250, 'of a thousand calls one may fail'),
  ('check_in', 'check_in', 0.9995, 50, 'people stand and wait'),
  ('check_out', 'check_out', 0.9995, 50, 'people stand and wait');

create table metrics.burn_rule (
  factor double precision not null,
  long_window interval not null,
  short_window interval not null,
  severity integer not null,
  constraint burn_rule_pkey primary key (factor),
  constraint factor_is_1_or_more check (factor >= 1),
  constraint the_short_window_is_the_end_of_the_long_one check (short_window >= '1 minute' and short_window < long_window),
  constraint windows_are_up_to_three_days check (long_window <= '3 days'),
  constraint severity_is_1_to_4 check (severity >= 1 and severity <= 4)
);
comment on table metrics.burn_rule is
  'Multiwindow burn rates (Google SRE workbook): an alarm when the budget burns at this factor in the long window and still does in the short one.';
insert into metrics.burn_rule (factor, long_window, short_window, severity) values
  (14.4, '1 hour', '5 minutes', 2),
  (6, '6 hours', '30 minutes', 3),
  (1, '3 days', '6 hours', 4);

commit;
