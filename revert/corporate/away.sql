-- Revert smartattend:corporate/away from pg
begin;
set local role smartattend_owner;

drop trigger event_500_derive_away on attendance.event;
drop function corporate.derive_away();
drop table corporate.away;

commit;
