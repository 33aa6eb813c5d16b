-- Seal what is complete, in at most so many blocks; a row for each block that was made.
select s.number, s.rows, s.entries, s.sealed_at, s.hash
from ledger.seal(max_blocks => %(max_blocks)s) as s
order by s.number
