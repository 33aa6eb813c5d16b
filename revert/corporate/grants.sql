-- Revert smartattend:corporate/grants from pg
begin;
set local role smartattend_owner;

-- Nothing was granted.

commit;
