-- What is not as it was sealed in these blocks.
select v.block, v.tenant_id as tenant, v.relation, v.partition, v.row_key as "row", v.problem, v.expected, v.observed
from ledger.verify(from_block => %(first)s, to_block => %(last)s) as v
order by v.block, v.tenant_id, v.relation, v.partition, v.row_key
