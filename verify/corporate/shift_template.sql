-- Verify smartattend:corporate/shift_template on pg
begin;
set local role smartattend_owner;

select
  kind,
  is_required,
  meaning
from corporate.shift_kind
where false;
select
  tenant_id,
  id,
  unit_id,
  code,
  name,
  kind,
  local_start,
  local_end,
  end_day_offset,
  second_start,
  second_end,
  second_end_day_offset,
  latest_start,
  required,
  unpaid_break,
  break_after,
  created_at
from corporate.shift_template
where false;
select
  tenant_id,
  session_id,
  template_id,
  business_date,
  kind,
  planned,
  unpaid_break,
  break_after,
  recorded_at,
  xid,
  epoch
from corporate.shift_instance
where false;
select pg_get_functiondef('corporate.paid(interval, interval, interval)'::regprocedure);
select pg_get_functiondef('corporate.elapsed(timestamptz, timestamptz)'::regprocedure);
select pg_get_functiondef('corporate.shift_fault(jsonb, text, smallint, smallint)'::regprocedure);

do $$
begin
  assert to_regclass('corporate.shift_instance_business_date') is not null, 'index shift_instance_business_date';
end $$;

rollback;
