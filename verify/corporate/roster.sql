-- Verify smartattend:corporate/roster on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  template_id,
  on_date,
  subject_id,
  created_at,
  withdrawn_at
from corporate.roster
where false;

do $$
begin
  assert to_regclass('corporate.roster_on_date') is not null, 'index roster_on_date';
  assert to_regclass('corporate.roster_subject') is not null, 'index roster_subject';
end $$;

rollback;
