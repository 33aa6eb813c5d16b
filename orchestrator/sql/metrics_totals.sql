-- The calls of the session's tenant since the month began, by bucket.
select t.endpoint, t.outcome, t.code, t.bucket, t.count
from api.request_total as t
