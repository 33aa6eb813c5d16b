-- Verify smartattend:core/machine on pg
begin;
set local role smartattend_owner;

select
  machine,
  title,
  relation
from core.machine
where false;
select
  machine,
  state,
  is_initial,
  is_terminal,
  meaning
from core.state
where false;
select
  machine,
  from_state,
  to_state,
  via,
  permission,
  requires_reason,
  distinct_actors,
  system_only,
  guard,
  approvals,
  origin
from core.transition
where false;

do $$
begin
end $$;

rollback;
