-- The relations whose changes are captured.
select c.relation
from ledger.captured() as c (relation)
order by c.relation
