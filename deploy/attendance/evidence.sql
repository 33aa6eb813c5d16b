-- Deploy smartattend:attendance/evidence to pg
begin;
set local role smartattend_owner;

select ledger.add_history('attendance.event');
select ledger.add_history('attendance.register_transition');
select ledger.add_history('attendance.period_transition');
select ledger.add_history('attendance.period_adjustment');
select ledger.add_history('attendance.period_total');
select ledger.add_history('attendance.correction_request_transition');
select ledger.add_capture('attendance.category');
select ledger.add_capture('attendance.code');
select ledger.add_capture('attendance.correction_type');
select ledger.add_capture('attendance.leave');
select ledger.add_capture('attendance.closed_day');
select ledger.add_capture('attendance.substitute');
select ledger.add_capture('attendance.period');
select ledger.add_capture('attendance.correction_request');
select ledger.add_capture('attendance.session', '{update,delete}');
select ledger.add_capture('attendance.expectation', '{update,delete}');

commit;
