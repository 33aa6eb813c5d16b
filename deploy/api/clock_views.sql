-- Deploy smartattend:api/clock_views to pg
begin;
set local role smartattend_owner;

create view api.device_clock with (security_invoker = true) as
select
  d.id as device_id, d.site_id, d.code, d.kind, coalesce(c.state, 'unknown') as state, c.state_via, c.state_reason, c.good_samples,
  c.sampled_at, c.offset_us, c.error_us, c.delivered_until
from timing.device as d
left join timing.device_clock as c on c.tenant_id = d.tenant_id and c.device_id = d.id
where d.retired_at is null;
comment on view api.device_clock is
  'The clocks of the devices in service, with member.read: health, offset (to be added to the wall clock) with its error, newest sample, and until when everything was delivered.';

revoke all on api.device_clock from public;
grant select on api.device_clock to smartattend_app;

commit;
