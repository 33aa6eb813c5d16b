-- Deploy smartattend:report/revalidations to pg
begin;
set local role smartattend_refresher;

create materialized view report_data.revalidations as
select
  v.tenant_id,
  g.role,
  v.source,
  count(*) filter (where v.state = 'queued')::integer as queued,
  count(*) filter (where v.state = 'due')::integer as due,
  count(*) filter (where v.state = 'overdue')::integer as overdue,
  count(*) filter (where v.state = 'certified')::integer as certified,
  count(*) filter (where v.state = 'modified')::integer as modified,
  count(*) filter (where v.state = 'revoked')::integer as revoked,
  count(*) filter (where v.suspended_at is not null and v.state = 'overdue')::integer as suspended,
  count(*) filter (where t.recorded_at < v.overdue_at)::integer as in_time,
  min(v.due_at) filter (where v.state in ('due', 'overdue')) as oldest_due_at
from access.revalidation as v
inner join identity.role_grant as g on g.tenant_id = v.tenant_id and g.id = v.grant_id
left join access.revalidation_transition as t
  on t.tenant_id = v.tenant_id and t.object_id = v.id and t.to_state = v.state and v.state in ('certified', 'modified', 'revoked')
group by v.tenant_id, g.role, v.source;
comment on materialized view report_data.revalidations is
  'Revalidations of grants by tenant, role and source.';
create unique index revalidations_key on report_data.revalidations (tenant_id, role, source);

create view report.revalidations with (security_barrier = true) as
select
  r.role, r.source, r.queued, r.due, r.overdue, r.certified, r.modified, r.revoked, r.suspended, r.in_time,
  round(r.in_time::numeric / nullif(r.certified + r.modified + r.revoked, 0), 4) as in_time_rate, r.oldest_due_at,
  f.as_of
from report_data.revalidations as r
cross join report.freshness as f
where f.view = 'revalidations'
  and r.tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('role.review'));
comment on view report.revalidations is
  'Grants that are looked at again, by role and by what caused it, with role.review for the whole tenant: what waits, what is overdue (suspended: without effect until the verdict), what was decided, and how much of that before it was overdue.';
grant select on report.revalidations to smartattend_owner, smartattend_app;

insert into report.freshness (view, meaning, refresh_every, stale_after)
values ('revalidations', 'Grants looked at again, by role', '1 hour', '3 hours');

commit;
