-- Headers of blocks as they stand in an export.
select
  b.number, b.epoch, b.horizon, b.rows, b.entries, b.sealed_at,
  b.root, b.fingerprint, b.previous, b.hash
from ledger.export_blocks(%(first)s, %(last)s) as b
order by b.number
