-- Verify smartattend:attendance/session on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  id,
  site_id,
  unit_id,
  kind,
  source,
  source_id,
  name,
  business_date,
  time_zone,
  starts_at,
  ends_at,
  opens_at,
  closes_at,
  late_after,
  cancelled_at,
  cancelled_via,
  moved_from_id,
  room,
  shift_id
from attendance.session
where false;

do $$
begin
  assert to_regclass('attendance.session_is_unique_by_unit_kind_and_start') is not null, 'index session_is_unique_by_unit_kind_and_start';
  assert to_regclass('attendance.session_business_date') is not null, 'index session_business_date';
end $$;

rollback;
