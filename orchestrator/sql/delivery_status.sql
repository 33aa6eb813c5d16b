-- Deliveries by state, and since when the oldest that is due waits.
select
  d.state,
  count(*) as deliveries,
  count(distinct d.tenant_id) as tenants,
  min(d.next_at) filter (where d.state = 'pending') as oldest
from ops.delivery as d
group by d.state
order by d.state
