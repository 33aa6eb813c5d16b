-- The refreshed reports, and of when each is.
select f.view as name, f.as_of, f.is_stale as stale, f.refresh_every, f.failed_at, f.meaning
from api.report_freshness as f
order by f.view
