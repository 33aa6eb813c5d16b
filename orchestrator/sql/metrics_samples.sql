-- The newest samples of the session's tenant, with what the catalogue says of them.
select m.metric, m.kind, m.unit, m.meaning, m.value, m.labels, m.recorded_at
from api.metric_latest as m
