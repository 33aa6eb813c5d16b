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
  inner join timing.device_clock as c on c.tenant_id = d.tenant_id and c.device_id = d.id
  where d.tenant_id = core.bound_tenant()
    and d.site_id = site_watermark.site_id
    and d.kind <> 'personal'
    and d.retired_at is null
    and c.sampled_at >= site_watermark.now - s.watermark_waits_at_most
$$;
comment on function timing.site_watermark(uuid, timestamptz) is
  'Until when every device of a site that counts has delivered what it captured. A device counts when it stands at the site (personal ones come and go; what they bring late is late evidence), is in service, and has sent a sample within watermark_waits_at_most before now. infinity when none counts, -infinity when one has never delivered everything.';

commit;
