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
  v_rows bigint;
  v_gone bigint := 0;
begin
  delete from metrics.request_minute as m where m.tenant_id = v_tenant_id and m.minute < (v_keep ->> 'metrics.request_minute')::timestamptz;
  get diagnostics v_rows = row_count;
  v_gone := v_gone + v_rows;
  delete from metrics.request_hour as h where h.tenant_id = v_tenant_id and h.hour < (v_keep ->> 'metrics.request_hour')::timestamptz;
  get diagnostics v_rows = row_count;
  v_gone := v_gone + v_rows;
  delete from metrics.sample as s where s.tenant_id = v_tenant_id and s.recorded_at < (v_keep ->> 'metrics.sample')::timestamptz;
  get diagnostics v_rows = row_count;
  return v_gone + v_rows;
end $$;
comment on function metrics.expire(timestamptz) is
  'Deletes what is older than metrics.retention says, of the bound tenant or of the platform. Answers how many rows were deleted. Never more than is old by the database''s own clock.';

commit;
