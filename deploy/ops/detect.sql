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
  select n.since, n.until into v_since, v_until from ops.take_news(detect.source) as n;
  v_now := core.clock();
  execute format('select array_agg(f) from %s($1, $2, $3) as f', v_function) into v_facts using v_since, v_until, v_now;
  foreach v_fact in array coalesce(v_facts, '{}') loop
    if v_fact.is_over then
      perform incident.recover(v_fact.source, v_fact.dedup_key, v_fact.evidence);
      v_recovered := v_recovered + 1;
    else
      perform incident.raise(v_fact.source, v_fact.dedup_key, v_fact.severity, v_fact.title, v_fact.evidence);
      v_raised := v_raised + 1;
    end if;
  end loop;
  return jsonb_build_object('raised', v_raised, 'recovered', v_recovered);
end $$;
comment on function ops.detect(text) is
  'The job that makes incidents of the facts of one source (ops.facts_of_<source>) in the bound tenant or of the platform: of what is new since its last look (ops.take_news). Answers {raised, recovered}. Error SA011.';

commit;
