-- Where a row was sealed, and the hashes beside its way up to the block's root.
select
  p.block, p.form, p.rows, p.total, p.index, p.entry, p.entries, p.partition,
  p.row_path, p.entry_path, p."values"
from ledger.prove(%(tenant)s, %(relation)s, %(key)s) as p
