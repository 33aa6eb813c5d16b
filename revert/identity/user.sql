-- Revert smartattend:identity/user from pg
begin;
set local role smartattend_owner;

drop table identity."user";

commit;
