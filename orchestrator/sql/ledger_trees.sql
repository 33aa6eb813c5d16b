-- Entries of blocks as they stand in an export; a path where others are left out.
select
  t.block, t.index, t.tenant_id, t.relation, t.partition, t.form, t.rows, t.total,
  t.root, t.keys, t.leaves, t.is_retired, t.path
from ledger.export_trees(%(first)s, %(last)s, %(tenant)s, %(relation)s, %(partition)s) as t
order by t.block, t.index
