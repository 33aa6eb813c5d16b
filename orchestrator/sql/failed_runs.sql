-- Runs of the platform and of tenants that failed since an instant.
select r.job, nullif(r.tenant_id, '00000000-0000-0000-0000-000000000000') as tenant_id, r.begun_at, r.error_code, r.error
from ops.job_run as r
where r.begun_at >= %(since)s and r.result = 'failed'
order by r.begun_at, r.id
