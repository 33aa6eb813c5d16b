-- Revert smartattend:attendance/business_date from pg
begin;
set local role smartattend_owner;

drop function attendance.business_date(timestamptz, text, interval);

commit;
