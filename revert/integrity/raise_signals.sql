-- Revert smartattend:integrity/raise_signals from pg
begin;
set local role smartattend_owner;

drop trigger event_900_raise_signals on attendance.event;
drop function integrity.raise_signals();

commit;
