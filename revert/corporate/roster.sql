-- Revert smartattend:corporate/roster from pg
begin;
set local role smartattend_owner;

drop table corporate.roster;

commit;
