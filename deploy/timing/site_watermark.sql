-- Deploy smartattend:timing/site_watermark to pg
begin;
set local role smartattend_owner;

create function timing.site_watermark(site_id uuid, now timestamptz)
returns timestamptz
language sql
stable
as $$
  select coalesce(min(coalesce(c.delivered_until, '-infinity')), 'infinity')
  from timing.device as d
  inner join tenancy.setting as s on s.tenant_id = d.tenant_id
  left join timing.device_clock as c on c.tenant_id = d.tenant_id and c.device_id = d.id
  where d.tenant_id = core.bound_tenant()
    and d.site_id = site_watermark.site_id
    and d.retired_at is null
    and greatest(c.sampled_at, d.registered_at) >= site_watermark.now - s.watermark_waits_at_most
$$;
comment on function timing.site_watermark(uuid, timestamptz) is
  'Until when every device of a site has delivered what it captured: the watermark of the slowest one in service, personal ones included. infinity when there is none, -infinity when one has never delivered everything. Only a device that has been silent for longer than watermark_waits_at_most (since it was registered, if it has never sent a sample) is waited for no more; what it brings after all is late evidence.';

commit;
