-- Deploy smartattend:simulation/conclude to pg
begin;
set local role smartattend_owner;

create function simulation.conclude(run simulation.run, told jsonb)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_scenario text := conclude.told ->> 'scenario';
  v_steady boolean;
  v_verdict text;
  v_checks jsonb;
begin
  select coalesce(bool_and((f.finding ->> 'held')::boolean), false) into v_steady
  from jsonb_array_elements(conclude.told -> 'findings') as f (finding);
  v_steady := v_steady and not exists (
    select from simulation.call as c
    where c.tenant_id = (conclude.run).tenant_id and c.run_id = (conclude.run).id and c.scenario = v_scenario
      and c.phase = 'steady' and c.outcome not in ('accepted', 'replayed')
  );
  select jsonb_agg(to_jsonb(j)) into v_checks
  from simulation.judge((conclude.run).tenant_id, (conclude.run).id, v_scenario) as j;

  v_verdict := case
    when not v_steady then 'inconclusive'
    when jsonb_path_exists(v_checks, '$[*] ? (@.verdict == "broken")') then 'broken'
    when jsonb_path_exists(v_checks, '$[*] ? (@.verdict == "inconclusive")') then 'inconclusive'
    when exists (
      select from jsonb_to_recordset(conclude.told -> 'faults') as f (planned integer, fired integer) where f.fired < f.planned
    ) then 'inconclusive'
    when exists (
      select from jsonb_to_recordset(conclude.told -> 'conditions') as c (met boolean, required boolean) where c.required and not c.met
    ) then 'inconclusive'
    else 'held'
  end;
  insert into simulation.scenario (tenant_id, run_id, scenario, verdict, steady_state, conditions, figures)
  select
    (conclude.run).tenant_id, (conclude.run).id, v_scenario, v_verdict, v_steady, conclude.told -> 'conditions',
    (conclude.told -> 'figures') || jsonb_build_object('duplicate_events', d.events, 'duplicate_records', d.records)
  from simulation.duplicates((conclude.run).tenant_id, (conclude.run).id, v_scenario) as d;
  insert into simulation.fault (tenant_id, run_id, scenario, fault, planned, fired, observed)
  select (conclude.run).tenant_id, (conclude.run).id, v_scenario, f.fault, f.planned, f.fired, f.observed
  from jsonb_to_recordset(conclude.told -> 'faults') as f (fault text, planned integer, fired integer, observed integer);
  insert into simulation.check (
    tenant_id, run_id, scenario, judgement, severity, verdict, items, violations, expected, observed, witness, query
  )
  select
    (conclude.run).tenant_id, (conclude.run).id, v_scenario, c.judgement, c.severity, c.verdict, c.items, c.violations, c.expected,
    c.observed, nullif(c.witness, 'null'), c.query
  from jsonb_to_recordset(v_checks) as c (
    judgement text, severity text, verdict text, items bigint, violations bigint, expected text, observed text, witness jsonb, query text
  );

  insert into simulation.issue (tenant_id, run_id, scenario, ordinal, kind, about, severity, title, meaning, action)
  select
    (conclude.run).tenant_id, (conclude.run).id, v_scenario,
    row_number() over (order by i.rank, array_position('{critical,major,minor}', i.severity), i.about),
    i.kind, i.about, i.severity, i.title, i.meaning, i.action
  from (
    select
      1 as rank, 'steady_state' as kind, left(f.name, 64) as about, 'major' as severity,
      'the steady state did not hold before the load: ' || f.name || ', ' || f.observed as title,
      'What was broken before the load cannot be blamed on it, so the load was not carried out.' as meaning,
      'Mend what the observation names, then run the simulation again.' as action
    from jsonb_to_recordset(conclude.told -> 'findings') as f (name text, held boolean, observed text)
    where not f.held
    union all
    select
      1, 'steady_state', 'steady_state', 'major', 'nothing shows that the steady state held before the load',
      'Without it, nobody can tell what the load has broken.',
      'Check the steady state first: every finding held, and every call of that phase answered.'
    where not v_steady
      and not jsonb_path_exists(conclude.told, '$.findings[*] ? (@.held == false)')
    union all
    select
      2, 'violation', j.judgement, j.severity,
      format(
        'expected %s; found %s violation%s in %s looked at', j.expected, k.violations, case when k.violations > 1 then 's' else '' end, k.items
      ),
      j.meaning, j.action
    from simulation.check as k
    inner join simulation.judgement as j on j.judgement = k.judgement
    where k.tenant_id = (conclude.run).tenant_id and k.run_id = (conclude.run).id and k.scenario = v_scenario and k.verdict = 'broken'
    union all
    select
      3, 'fault', f.fault, 'major', format('the fault %s fired %s times of %s', f.fault, f.fired, f.planned),
      'Less was broken than planned, so that the checks had less to find.',
      'Look at the clients'' errors and the server''s load; use fewer clients or a longer interval.'
    from simulation.fault as f
    where f.tenant_id = (conclude.run).tenant_id and f.run_id = (conclude.run).id and f.scenario = v_scenario
      and f.fired < f.planned and v_steady
    union all
    select
      4, 'condition', left(c.name, 64), 'minor', 'it did not happen: ' || c.name,
      'The situation that makes the checks meaningful did not come up.',
      'Use more calls, or another seed.'
    from jsonb_to_recordset(conclude.told -> 'conditions') as c (name text, met boolean, required boolean)
    where c.required and not c.met and v_steady
    union all
    select
      5, 'idle_check', k.judgement, 'minor', 'a check had nothing to look at: ' || j.title,
      'A check that looks at nothing proves nothing.',
      'See why no such call was made.'
    from simulation.check as k
    inner join simulation.judgement as j on j.judgement = k.judgement
    where k.tenant_id = (conclude.run).tenant_id and k.run_id = (conclude.run).id and k.scenario = v_scenario
      and k.verdict = 'inconclusive' and v_steady
  ) as i;
  return v_verdict;
end $$;
comment on function simulation.conclude(simulation.run, jsonb) is
  'Judges one scenario of a run and appends its verdict, faults, checks and issues. Without steady state the verdict is inconclusive whatever was found; otherwise a violation breaks it, and anything idle, missing or not fired leaves it inconclusive.';

commit;
