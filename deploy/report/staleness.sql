-- Deploy smartattend:report/staleness to pg
begin;
set local role smartattend_refresher;

create function report.staleness(now timestamptz)
returns table (value double precision, labels jsonb)
language sql
stable
as $$
  select extract(epoch from staleness.now - f.as_of)::double precision, jsonb_build_object('report', f.view)
  from report.freshness as f
  where f.as_of is not null
$$;
comment on function report.staleness(timestamptz) is 'For metrics.collect: how old each report is, in seconds.';
grant execute on function report.staleness(timestamptz) to smartattend_owner;

reset role;
set local role smartattend_owner;
insert into metrics.collector (metric, function, scope) values ('report_staleness', 'report.staleness', 'platform');

commit;
