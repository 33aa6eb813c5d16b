-- Deploy smartattend:simulation/judgement to pg
begin;
set local role smartattend_owner;

create table simulation.judgement (
  judgement text not null,
  function_name text not null,
  counts text not null,
  severity text not null,
  may_be_idle boolean not null default false,
  scenarios text[],
  title text not null,
  expected text not null,
  meaning text not null,
  action text not null,
  constraint judgement_pkey primary key (judgement),
  constraint a_function_judges_once unique (function_name),
  constraint judgement_is_a_lower_case_word check (judgement ~ '^[a-z][a-z_]+$'),
  constraint function_name_is_an_identifier check (function_name ~ '^[a-z][a-z_]+$'),
  constraint severity_is_known check (severity in ('critical', 'major', 'minor')),
  constraint what_it_counts_is_known check (counts in ('logical', 'calls', 'acknowledged', 'refusals', 'conflicting', 'recovery', 'records', 'subjects', 'doubts', 'devices'))
);
comment on table simulation.judgement is
  'What the database looks at when it judges a run. Each is a function simulation.<function_name>(tenant_id, run_id, scenario) that returns the rows which violate it (simulation.violation); severity is a property of the rule, not of a message.';
comment on column simulation.judgement.counts is 'What simulation.looked_at counts for it: the number of items in its scope.';
comment on column simulation.judgement.may_be_idle is 'Whether the check may hold although it had nothing to look at; otherwise nothing looked at is inconclusive.';
comment on column simulation.judgement.scenarios is 'The scenarios it belongs to; null for all.';

create type simulation.violation as (
  item text,
  expected text,
  observed text,
  witness jsonb
);
comment on type simulation.violation is
  'One row that breaks a judgement: what it is about, what was expected, what is there, and the identifiers to look it up by. The smallest witness is the one with the fewest callers, if it names their number, or the shortest.';

commit;
