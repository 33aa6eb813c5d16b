-- Revert smartattend:attendance/grants from pg
begin;
set local role smartattend_owner;

revoke all on attendance.category, attendance.code, attendance.session, attendance.register, attendance.expectation, attendance.record
from smartattend_app;

commit;
