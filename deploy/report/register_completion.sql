-- Deploy smartattend:report/register_completion to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.register_completion as
select
  s.tenant_id,
  s.business_date,
  s.unit_id,
  count(*)::integer as registers,
  count(*) filter (where g.state = 'cancelled' or s.cancelled_at is not null)::integer as cancelled,
  count(*) filter (where d.is_due)::integer as due,
  count(*) filter (where d.is_due and g.state in ('submitted', 'closed'))::integer as taken,
  count(*) filter (where d.is_due and g.state = 'open')::integer as begun,
  count(*) filter (where d.is_due and b.submitted_at <= s.ends_at + h.hours * interval '1 hour')::integer as in_time,
  -- of those that are taken: one that was reopened is not, however early it was submitted
  percentile_cont(0.5) within group (order by corporate.elapsed(s.ends_at, b.submitted_at))
    filter (where d.is_due and g.state in ('submitted', 'closed')) as median_after_end
from attendance.register as g
inner join attendance.session as s on s.tenant_id = g.tenant_id and s.id = g.session_id
cross join lateral (
  select
    g.state <> 'cancelled' and s.cancelled_at is null and s.ends_at <= (select core.clock())
      and (g.state <> 'scheduled' or s.kind <> 'shift' and s.source <> 'import') as is_due
) as d
left join integrity.rule_setting as o on o.tenant_id = g.tenant_id and o.rule = 'F29'
inner join integrity.parameter as p on p.rule = 'F29' and p.parameter = 'hours'
cross join lateral (select coalesce(o.parameters ->> 'hours', p.standard #>> '{}')::double precision as hours) as h
left join (
  select t.tenant_id, t.object_id, min(t.recorded_at) as submitted_at
  from attendance.register_transition as t
  where t.to_state = 'submitted'
  group by t.tenant_id, t.object_id
) as b on b.tenant_id = g.tenant_id and b.object_id = g.session_id
group by s.tenant_id, s.business_date, s.unit_id;
comment on materialized view report_data.register_completion is
  'Registers by tenant, business date and unit: which were due, taken, and taken in time.';
create unique index register_completion_key on report_data.register_completion (tenant_id, business_date, unit_id);

create view report.register_completion with (security_barrier = true) as
select
  r.business_date, r.unit_id, r.registers, r.cancelled, r.due, r.taken, r.begun, r.in_time, r.due - r.taken as missing,
  round(r.taken::numeric / nullif(r.due, 0), 4) as completion, r.median_after_end,
  f.as_of
from report_data.register_completion as r
cross join report.freshness as f
where f.view = 'register_completion'
  and r.tenant_id = (select identity.session_tenant('ordinary_read'))
  and (
    (select identity.session_holds('attendance.read'))
    or r.unit_id = any (array(select u.unit_id from identity.session_units('attendance.read') as u (unit_id)))
  );
comment on view report.register_completion is
  'Registers by business date and unit, in the scope of attendance.read: due are those whose session is over and was not cancelled (of shifts and of what was imported, for which none has to be taken, those that were begun); taken of them are submitted or closed, begun are open, in_time were first submitted within the hours of rule F29 after the end of the session. completion is taken / due, null where none was due. One that is missing says nothing of its people.';
grant select on report.register_completion to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('register_completion', 'Registers taken, by business date and unit', '15 minutes', '1 hour');

commit;
