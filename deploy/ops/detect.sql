-- Deploy smartattend:ops/detect to pg
begin;
set local role smartattend_owner;

create function ops.detect(source text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_function text := to_regproc('ops.facts_of_' || detect.source)::oid::regproc::text;
  v_now timestamptz;
  v_since xid8;
  v_until xid8;
  v_facts ops.fact[];
  v_fact ops.fact;
  v_raised integer := 0;
  v_recovered integer := 0;
begin
  if v_function is null then
    perform core.fail('SA011', 'source ' || coalesce(detect.source, 'null'), 'a function ops.facts_of_<source>');
  end if;
  -- Without the room of incidents nothing is taken note of, so that nothing is lost.
  if to_regprocedure('incident.raise(text, text, integer, text, jsonb)') is null then
    return jsonb_build_object('raised', 0, 'recovered', 0);
  end if;
  insert into ops.horizon (tenant_id, source)
  select v_tenant_id, detect.source
  where not exists (select from ops.horizon as h where h.tenant_id = v_tenant_id and h.source = detect.source)
  on conflict on constraint horizon_pkey do nothing;
  select h.seen_until into v_since
  from ops.horizon as h
  where h.tenant_id = v_tenant_id and h.source = detect.source
  for update;
  v_until := pg_snapshot_xmin(pg_current_snapshot());
  if v_until < v_since then
    v_since := '0'; -- Restored into a younger cluster: everything once more, which incidents tell by their dedup_key.
  end if;
  v_now := core.clock();
  execute format('select array_agg(f) from %s($1, $2, $3) as f', v_function) into v_facts using v_since, v_until, v_now;
  foreach v_fact in array coalesce(v_facts, '{}') loop
    if v_fact.is_over then
      execute format('select %s($1, $2, $3)', 'incident.recover') using v_fact.source, v_fact.dedup_key, v_fact.evidence;
      v_recovered := v_recovered + 1;
    else
      execute format('select %s($1, $2, $3, $4, $5)', 'incident.raise')
      using v_fact.source, v_fact.dedup_key, v_fact.severity, v_fact.title, v_fact.evidence;
      v_raised := v_raised + 1;
    end if;
  end loop;
  update ops.horizon as h
  set seen_until = v_until
  where h.tenant_id = v_tenant_id and h.source = detect.source;
  return jsonb_build_object('raised', v_raised, 'recovered', v_recovered);
end $$;
comment on function ops.detect(text) is
  'The job that makes incidents of the facts of one source (ops.facts_of_<source>) in the bound tenant or of the platform: of what was committed since its last look, judged by the oldest transaction that still runs, so that a late commit is seen by the next. Answers {raised, recovered}. Error SA011.';

commit;
