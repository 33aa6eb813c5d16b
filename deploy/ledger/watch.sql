-- Deploy smartattend:ledger/watch to pg
begin;
set local role smartattend_ledger;

create function ledger.watch()
returns table (tile text, value numeric, detail jsonb)
language plpgsql
stable
security definer
rows 4
set search_path = pg_catalog, pg_temp
as $$
begin
  if (core.actor()).kind is distinct from 'platform' then
    perform core.fail('SA104', 'no platform session is bound', 'a platform session');
  end if;
  return query
  select
    'seal_age_s'::text, round(extract(epoch from core.clock() - b.sealed_at)), jsonb_build_object('block', b.number, 'sealed_at', b.sealed_at)
  from (values (1)) as one (row)
  left join (select k.number, k.sealed_at from ledger.block as k order by k.number desc limit 1) as b on true
  union all
  select 'guard_armed', guard.is_armed()::integer::numeric, null
  union all
  select 'guard_findings', count(*)::numeric, coalesce(jsonb_agg(f.problem || ' ' || f.kind || ' ' || f.object), '[]')
  from (select v.problem, v.kind, v.object from guard.verify() as v limit 100) as f
  union all
  select 'self_test_age_s', round(extract(epoch from core.clock() - l.recorded_at)), jsonb_build_object('result', l.subject, 'recorded_at', l.recorded_at)
  from (values (1)) as one (row)
  left join (
    select s.subject, s.recorded_at
    from guard.system_log as s
    where s.kind = 'self_test' and s.subject in ('held', 'failed')
    order by s.recorded_at desc
    limit 1
  ) as l on true;
end $$;
comment on function ledger.watch() is
  'Figures of ledger and guard for a bound platform session: seconds since the last seal, whether the guard is armed, what it finds now (at most 100), seconds since the last self-test. Null where there was none. Error SA104.';
grant execute on function ledger.watch() to smartattend_owner;

commit;
