-- The number of the newest block; null when nothing was sealed yet.
select max(b.number)
from ledger.export_blocks(1, 9223372036854775807) as b
