-- Verify smartattend:attendance/code on pg
begin;
set local role smartattend_owner;

select
  category,
  is_absence,
  is_excuse,
  meaning
from attendance.category
where false;
select
  tenant_id,
  code,
  name,
  category,
  presence_value,
  in_denominator,
  counts_tardy,
  paid,
  requires_reason,
  permission,
  edfi_category,
  is_default,
  valid_from,
  valid_until
from attendance.code
where false;
select pg_get_functiondef('attendance.default_codes(uuid)'::regprocedure);

do $$
begin
  assert to_regclass('attendance.a_category_has_one_default') is not null, 'index a_category_has_one_default';
end $$;

rollback;
