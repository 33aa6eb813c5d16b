-- Deploy smartattend:metrics/collector to pg
begin;
set local role smartattend_owner;

create table metrics.collector (
  metric text not null,
  function text not null,
  scope text not null,
  constraint collector_pkey primary key (metric, function),
  constraint collector_is_of_the_catalogue foreign key (metric) references metrics.platform_metric (metric),
  constraint function_is_schema_dot_name check (function ~ '^[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*$'),
  constraint scope_is_known check (scope in ('tenant', 'platform', 'both'))
);
comment on table metrics.collector is
  'What metrics.collect asks: a function (now timestamptz) that returns (value double precision, labels jsonb), a sample a row, of the bound tenant or of the platform. Rooms that come later add theirs.';

commit;
