-- Revert smartattend:corporate/grants from pg
begin;
set local role smartattend_owner;

revoke all on function corporate.elapsed(timestamptz, timestamptz), corporate.paid(interval, interval, interval) from smartattend_app;
revoke all on
  corporate.shift_instance, corporate.away, corporate.presence, corporate.worked_time, corporate.overtime, corporate.rest
from smartattend_app;

commit;
