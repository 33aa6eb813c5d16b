-- Verify smartattend:attendance/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'attendance.event', 'attendance.register_transition', 'attendance.period_transition',
    'attendance.period_adjustment', 'attendance.period_total', 'attendance.correction_request_transition',
    'attendance.category', 'attendance.code', 'attendance.correction_type', 'attendance.leave',
    'attendance.closed_day', 'attendance.substitute', 'attendance.period', 'attendance.correction_request',
    'attendance.session', 'attendance.expectation'
  ])) = 16, 'evidence of attendance';
end $$;

rollback;
