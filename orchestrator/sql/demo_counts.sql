-- What the tenant of the session's token holds. Every revision of a record is an event.
select
  (select count(*) from api.site) as sites,
  (select count(*) from api.unit) as units,
  (select count(*) from api.member) as members,
  (select count(*) from api.device) as devices,
  (select count(*) from api.session) as sessions,
  (select count(*) from api.expectation) as expectations,
  (select count(*) from api.register where state = 'submitted') as registers,
  a.records, a.events, a.flagged, a.open
from (
  select
    count(*) as records,
    coalesce(sum(r.revision), 0)::bigint as events,
    count(*) filter (where r.state = 'flagged') as flagged,
    count(*) filter (where r.is_open) as open
  from api.attendance as r
) as a
