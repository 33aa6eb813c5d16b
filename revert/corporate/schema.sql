-- Revert smartattend:corporate/schema from pg
begin;
set local role smartattend_owner;

drop schema corporate;

commit;
