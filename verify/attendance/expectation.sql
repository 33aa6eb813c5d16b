-- Verify smartattend:attendance/expectation on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  subject_id,
  session_id,
  source,
  unit_id,
  business_date,
  starts_at,
  ends_at,
  opens_at,
  closes_at,
  late_after,
  withdrawn_at,
  is_required,
  code,
  leave_id,
  covered_source
from attendance.expectation
where false;
select pg_get_functiondef('attendance.cover(uuid[], timestamptz[], timestamptz[])'::regprocedure);

do $$
begin
  assert to_regclass('attendance.expectation_subject_opens_at') is not null, 'index expectation_subject_opens_at';
end $$;

rollback;
