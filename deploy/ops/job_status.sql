-- Deploy smartattend:ops/job_status to pg
begin;
set local role smartattend_owner;

create view ops.job_status
with (security_invoker = true)
as
select
  j.job,
  j.room,
  j.scope,
  j.every,
  j.is_enabled,
  nullif(v.begun_at, '-infinity') as begun_at,
  case when v.ended_at >= v.begun_at then nullif(v.ended_at, '-infinity') - nullif(v.begun_at, '-infinity') end as took,
  case
    when v.begun_at is null then 'never ran'
    when v.ended_at < v.begun_at then 'has not ended'
    when v.failures > 0 then 'failed'
    else 'held'
  end as result,
  coalesce(v.failures, 0) as failures,
  case when v.begun_at > '-infinity' then greatest(core.clock() - (nullif(v.begun_at, '-infinity') + j.every), interval '0') end as lag,
  (
    select count(*)
    from ops.visit as t
    where t.job = j.job and t.tenant_id <> '00000000-0000-0000-0000-000000000000' and t.failures > 0
  ) as failing_tenants,
  case when v.failures > 0 then (
    select r.error
    from ops.job_run as r
    where r.job = j.job and r.result = 'failed' and r.error_code is not null
    order by r.begun_at desc
    limit 1
  ) end as last_error,
  j.meaning
from ops.job as j
left join ops.visit as v on v.tenant_id = '00000000-0000-0000-0000-000000000000' and v.job = j.job
order by j.position, j.job;
comment on view ops.job_status is
  'The jobs at a glance, for members of smartattend_operator: the last run, by how much it is overdue (null: it never ran), failures in a row, and tenants in which it failed last.';
grant select on ops.job_status to smartattend_operator;

commit;
