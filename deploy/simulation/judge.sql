-- Deploy smartattend:simulation/judge to pg
begin;
set local role smartattend_owner;

create function simulation.judge(tenant_id uuid, run_id uuid, scenario text)
returns table (
  judgement text, severity text, verdict text, items bigint, violations bigint, expected text, observed text, witness jsonb, query text
)
language plpgsql
stable
rows 20
set search_path = pg_catalog, pg_temp
as $$
declare
  v_judgement simulation.judgement;
  v_violations bigint;
  v_first jsonb;
  v_items bigint;
begin
  for v_judgement in
    select j.*
    from simulation.judgement as j
    where j.scenarios is null or judge.scenario = any (j.scenarios)
    order by array_position('{critical,major,minor}', j.severity), j.judgement
  loop
    -- The name comes from our own table, and only functions of this schema can be meant.
    execute format(
      'select count(*), (array_agg(to_jsonb(v) order by (v.witness ->> ''callers'')::bigint nulls last, length(v.witness::text), v.item))[1] from simulation.%I($1, $2, $3) as v',
      v_judgement.function_name
    )
    into v_violations, v_first
    using judge.tenant_id, judge.run_id, judge.scenario;
    v_items := simulation.looked_at(judge.tenant_id, judge.run_id, judge.scenario, v_judgement.counts);
    return query select
      v_judgement.judgement,
      v_judgement.severity,
      case
        when v_violations > 0 then 'broken'
        when v_items = 0 and not v_judgement.may_be_idle then 'inconclusive'
        else 'held'
      end,
      v_items,
      v_violations,
      v_judgement.expected,
      case
        when v_violations > 0 then format('%s: %s', v_first ->> 'item', v_first ->> 'observed')
        when v_items = 0 then 'nothing to look at'
        else 'no violation'
      end,
      case
        when v_violations > 0
        then (v_first - 'witness') || (v_first -> 'witness')
      end,
      format(
        'select * from simulation.%I(%L, %L, %L);', v_judgement.function_name, judge.tenant_id, judge.run_id, judge.scenario
      );
  end loop;
end $$;
comment on function simulation.judge(uuid, uuid, text) is
  'Runs every judgement that belongs to the scenario and sums it up: how many items it looked at, how many violate it, the smallest witness, and the query that shows all of them. Writes nothing, so it can be repeated at any time.';

commit;
