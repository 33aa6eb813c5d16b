-- Deploy smartattend:report/refresh to pg
begin;
set local role smartattend_refresher;

create function report.is_due(report report.freshness, now timestamptz)
returns boolean
language sql
stable
as $$
  select coalesce(is_due.report.as_of + is_due.report.refresh_every <= is_due.now, true)
    -- not those of a day before: in a restored database their transaction numbers say nothing
    or exists (
      select from core.erasure as e
      where e.xid >= is_due.report.horizon and e.recorded_at > is_due.report.as_of - interval '1 day'
    )
$$;
comment on function report.is_due(report.freshness, timestamptz) is
  'Whether a report has to be refreshed: never yet, long enough ago, or before a tenant was erased that may still be in it.';

create function report.due()
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.view
  from report.freshness as f
  cross join (select core.clock() as now) as c
  where report.is_due(f, c.now)
  order by f.view
$$;
comment on function report.due() is 'The reports that have to be refreshed now: what maintenance gives to report.refresh one by one, each in a transaction of its own.';

create function report.refresh(only_view text default null)
returns table (view text, as_of timestamptz, took interval, rows bigint, failure text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_view text;
  v_began_at timestamptz;
  v_horizon xid8;
  v_rows bigint;
  v_took interval;
  v_failure text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  if refresh.only_view is not null and not exists (select from report.freshness as f where f.view = refresh.only_view) then
    perform core.fail('SA011', refresh.only_view, 'a report: select view from report.freshness');
  end if;
  for v_view in select f.view from report.freshness as f where f.view = coalesce(refresh.only_view, f.view) order by f.view loop
    v_began_at := core.clock();
    -- Asked anew for each: whoever refreshed it meanwhile has done it, and whoever does so now will have.
    perform from report.freshness as f
    where f.view = v_view and (f.view = refresh.only_view or report.is_due(f, v_began_at))
    for update skip locked;
    continue when not found;
    v_began_at := core.clock();
    v_horizon := pg_snapshot_xmin(pg_current_snapshot());
    begin
      execute format(
        'refresh materialized view %s report_data.%I',
        case when (select c.relispopulated from pg_class as c where c.oid = ('report_data.' || quote_ident(v_view))::regclass) then 'concurrently' end,
        v_view
      );
      execute format('select count(*) from report_data.%I', v_view) into v_rows;
      v_failure := null;
    exception
      when others then
        v_rows := null;
        v_failure := sqlstate || ' ' || sqlerrm;
    end;
    v_took := core.clock() - v_began_at;
    update report.freshness as f
    set as_of = case when v_failure is null then v_began_at else f.as_of end,
      horizon = case when v_failure is null then v_horizon else f.horizon end,
      failed_at = case when v_failure is not null then v_began_at end
    where f.view = v_view;
    insert into report.refreshed (view, began_at, took, rows, failure)
    values (v_view, v_began_at, v_took, v_rows, v_failure);
    delete from report.refreshed as h
    where h.view = v_view and h.began_at < v_began_at - interval '90 days';
    return query select v_view, v_began_at, v_took, v_rows, v_failure;
  end loop;
end $$;
comment on function report.refresh(text) is
  'Refreshes the reports that are due, or one whether it is due or not, and answers a row for each that it tried. Readers go on reading meanwhile; one that is being refreshed by somebody else is left out; one that fails keeps what it had, and the others are refreshed. Everything in the caller''s transaction: maintenance asks report.due() and gives one report to each. Errors SA006, SA011.';

commit;
