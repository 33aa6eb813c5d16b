-- Deploy smartattend:ops/jobs to pg
begin;
set local role smartattend_owner;

create function ops.advance_access()
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome core.outcome := access.lock_tenant();
  v_now timestamptz;
begin
  if v_outcome.code is not null then
    perform core.fail(v_outcome.code, (v_outcome.detail -> 'observed')::text, (v_outcome.detail -> 'expected')::text);
  end if;
  v_now := core.clock();
  return access.advance(v_now) || jsonb_build_object('events', access.observe(v_now));
end $$;
comment on function ops.advance_access() is
  'The job that lets time do its work on the roles of the bound tenant and looks for escalation: what api.access_scan does. Error SA107 when the tenant''s state was changed just now.';

create function ops.add_up(total jsonb, detail jsonb)
returns jsonb
language sql
immutable
as $$
  select coalesce(add_up.total, '{}'::jsonb) || coalesce((
    select pg_catalog.jsonb_object_agg(
      d.key, coalesce((add_up.total ->> d.key)::numeric, 0) + (d.value #>> '{}')::numeric
    )
    from pg_catalog.jsonb_each(case pg_catalog.jsonb_typeof(add_up.detail) when 'object' then add_up.detail else '{}'::jsonb end) as d
    where pg_catalog.jsonb_typeof(d.value) = 'number'
  ), '{}'::jsonb)
$$;
comment on function ops.add_up(jsonb, jsonb) is 'Adds the figures of one run to those of the runs before: what a job of tenants did in all of them.';
grant execute on function ops.add_up(jsonb, jsonb) to smartattend_operator;

commit;
