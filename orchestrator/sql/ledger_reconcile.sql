-- Rows of a relation that are not as their last change left them.
select r.tenant_id as tenant, r.row_key as "row", r.problem, r.expected, r.observed
from ledger.reconcile(%(relation)s) as r
order by r.tenant_id, r.row_key
