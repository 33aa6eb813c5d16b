-- Revert smartattend:attendance/finalize from pg
begin;
set local role smartattend_owner;

drop function attendance.has_record(attendance.expectation);
drop function attendance.finalize(timestamptz);
drop function attendance.unfinalized(timestamptz, timestamptz);

commit;
