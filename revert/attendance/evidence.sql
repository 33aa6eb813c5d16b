-- Revert smartattend:attendance/evidence from pg
begin;
set local role smartattend_owner;

select ledger.remove_capture('attendance.expectation');
select ledger.remove_capture('attendance.session');
select ledger.remove_capture('attendance.correction_request');
select ledger.remove_capture('attendance.period');
select ledger.remove_capture('attendance.substitute');
select ledger.remove_capture('attendance.closed_day');
select ledger.remove_capture('attendance.leave');
select ledger.remove_capture('attendance.correction_type');
select ledger.remove_capture('attendance.code');
select ledger.remove_capture('attendance.category');
select ledger.remove_history('attendance.correction_request_transition');
select ledger.remove_history('attendance.period_total');
select ledger.remove_history('attendance.period_adjustment');
select ledger.remove_history('attendance.period_transition');
select ledger.remove_history('attendance.register_transition');
select ledger.remove_history('attendance.event');

commit;
