-- Deploy smartattend:api/notification_views to pg
begin;
set local role smartattend_owner;

create view api.subscription with (security_invoker = true) as
select s.id, s.kind, s.channel, s.target, s.secret_name, s.is_active, s.created_at
from ops.subscription as s;
comment on view api.subscription is 'Who is told of which messages of the tenant, for who holds notification.manage.';

create view api.notification with (security_invoker = true) as
select
  m.id, m.kind, m.subject, m.body, m.recorded_at, d.subscription_id, s.channel, s.target, d.state, d.attempts, d.next_at, d.last_error
from ops.message as m
left join ops.delivery as d on d.tenant_id = m.tenant_id and d.message_id = m.id
left join ops.subscription as s on s.tenant_id = d.tenant_id and s.id = d.subscription_id;
comment on view api.notification is
  'The messages of the tenant and what became of each delivery: pending (tried again at next_at), delivered or dead (given up), with the last error; for who holds notification.manage. Without a delivery: nobody had asked for it.';

revoke all on api.subscription, api.notification from public;
grant select on api.subscription, api.notification to smartattend_app;

commit;
