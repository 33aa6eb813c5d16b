-- The legal moves from a state.
select t.via, t.to_state, t.requires_reason, t.guard
from core.transition as t
where t.machine = %(machine)s and t.from_state = %(state)s
order by t.via, t.to_state
