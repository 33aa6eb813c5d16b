-- The rows of one tree in leaf order; salt and payload of a change that was not redacted.
select r."values", r.salt, r.payload
from ledger.export_rows(%(block)s, %(tenant)s, %(relation)s, %(partition)s) as r
order by r.ordinal
