-- Revert smartattend:corporate/worked_time from pg
begin;
set local role smartattend_owner;

drop view corporate.rest;
drop view corporate.overtime;
drop view corporate.worked_time;
drop view corporate.presence;

commit;
