-- The jobs at a glance.
select s.job, s.scope, s.every, s.is_enabled, s.result, s.begun_at, s.took, s.lag, s.failures, s.failing_tenants, s.last_error
from ops.job_status as s
