-- Revert smartattend:metrics/alarm from pg
begin;
set local role smartattend_owner;

drop table metrics.alarm;
drop function metrics.raise_alarms(timestamptz);

commit;
