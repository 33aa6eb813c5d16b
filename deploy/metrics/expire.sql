-- Deploy smartattend:metrics/expire to pg
begin;
set local role smartattend_owner;

create function metrics.expire(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_keep jsonb := (select jsonb_object_agg(r.relation, least(expire.now, core.clock()) - r.keep) from metrics.retention as r);
  v_month text;
  v_rows bigint;
  v_gone bigint := 0;
begin
  delete from metrics.request_minute as m where m.tenant_id = v_tenant_id and m.minute < (v_keep ->> 'metrics.request_minute')::timestamptz;
  get diagnostics v_rows = row_count;
  v_gone := v_gone + v_rows;
  delete from metrics.request_hour as h where h.tenant_id = v_tenant_id and h.hour < (v_keep ->> 'metrics.request_hour')::timestamptz;
  get diagnostics v_rows = row_count;
  v_gone := v_gone + v_rows;
  if core.bound_tenant() is null then
    -- Months that are wholly old go at once, whosever rows they hold.
    for v_month in
      select c.relname
      from pg_inherits as i
      inner join pg_class as c on c.oid = i.inhrelid
      where i.inhparent = 'metrics.sample'::regclass
        and c.relname ~ '^sample_[0-9]{4}_[0-9]{2}$'
        and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= (v_keep ->> 'metrics.sample')::timestamptz
      order by c.relname
    loop
      perform guard.begin_change('metrics.expire ' || v_month);
      execute format('drop table metrics.%I', v_month);
    end loop;
  end if;
  delete from metrics.sample as s where s.tenant_id = v_tenant_id and s.recorded_at < (v_keep ->> 'metrics.sample')::timestamptz;
  get diagnostics v_rows = row_count;
  return v_gone + v_rows;
end $$;
comment on function metrics.expire(timestamptz) is
  'Deletes what is older than metrics.retention says, of the bound tenant or of the platform; where no tenant is bound, months of samples that are wholly old are dropped, whosever they are. Answers how many rows were deleted. Never more than is old by the database''s own clock.';

commit;
