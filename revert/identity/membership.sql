-- Revert smartattend:identity/membership from pg
begin;
set local role smartattend_owner;

drop table identity.membership;

commit;
