-- Deploy smartattend:api/access_views to pg
begin;
set local role smartattend_owner;

create view api.role_rule with (security_invoker = true) as
select
  r.role, o.platform, o.level, o.meaning, r.is_enabled, r.min_approvals, r.approver_permission, r.max_duration, r.max_holders, r.prerequisite,
  r.requires_reason, r.requires_ticket, r.self_request, r.cool_down, r.revalidate_every, r.overdue_action, r.break_glass_max, r.lapses_after,
  array(
    select x.role from access.separation as s
    inner join access.separation as x on x.separation = s.separation and x.role <> s.role
    where s.role = r.role
    order by x.role
  ) as excludes,
  array(select p.permission from identity.role_permission as p where p.role = r.role order by p.permission) as permissions
from access.role_rule as r
inner join identity.role as o on o.role = r.role;
comment on view api.role_rule is 'The roles and how each is had: the same for all tenants.';

create view api.role_grant with (security_invoker = true) as
select g.id, g.user_id, g.role, g.unit_id, g.starts_at, g.ends_at, g.revoked_at, g.request_id, g.granted_by, g.granted_at
from identity.role_grant as g;
comment on view api.role_grant is
  'Grants of oneself, or of the scope of role.grant. In effect if and only if now lies in [starts_at, ends_at) and revoked_at is null.';

create view api.role_request with (security_invoker = true) as
select
  q.id, q.kind, q.beneficiary_id, q.role, q.unit_id, q.starts_at, q.ends_at, q.reason, q.ticket, q.requested_by, q.min_approvals, q.requested_at,
  q.lapses_at, q.state, q.state_via, q.state_reason
from access.role_request as q;
comment on view api.role_request is 'Role requests that one made or that are for oneself, or of the scope of role.grant.';

create view api.role_approval with (security_invoker = true) as
select a.request_id, a.approver_id, a.verdict, a.reason, a.recorded_at from access.role_approval as a;
comment on view api.role_approval is 'Who approved or denied: of one''s own requests, or with role.grant for the whole tenant.';

create view api.role_history with (security_invoker = true) as
select
  h.grant_id, h.user_id, h.role, h.unit_id, h.change, h.source, h.starts_at, h.ends_at, h.revoked_at, h.request_id, h.reason, h.actor_id,
  h.session_id, h.client_address, h.recorded_at
from access.grant_history as h;
comment on view api.role_history is 'Every change of a role: of one''s own, or with role.review for the whole tenant. Source out_of_band: no procedure did it.';

create view api.revalidation with (security_invoker = true) as
select
  c.id, c.grant_id, c.user_id, c.source, c.overdue_action, c.queued_at, c.due_at, c.overdue_at, c.suspended_at, c.certifier_id, c.state,
  c.state_via, c.state_reason
from access.revalidation as c;
comment on view api.revalidation is 'Grants to be looked at, and that were: one''s own, or with role.review for the whole tenant.';

create view api.escalation_event with (security_invoker = true) as
select
  e.id, e.rule, r.title, r.weight, r.severity, e.user_id, e.actor_id, e.grant_id, e.evidence, e.observed_at, e.decider_id, e.state, e.state_reason
from access.escalation_event as e
inner join access.escalation_rule as r on r.rule = e.rule;
comment on view api.escalation_event is 'Escalation events with role.review for the whole tenant, but those about oneself.';

revoke all on
  api.role_rule, api.role_grant, api.role_request, api.role_approval, api.role_history, api.revalidation, api.escalation_event
from public;
grant select on
  api.role_rule, api.role_grant, api.role_request, api.role_approval, api.role_history, api.revalidation, api.escalation_event
to smartattend_app;

commit;
