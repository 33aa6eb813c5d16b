-- Revert smartattend:timing/expire_clocks from pg
begin;
set local role smartattend_owner;

drop function timing.expire_clocks();
drop function timing.expire_clock(timing.device_clock);

commit;
