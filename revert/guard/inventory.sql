-- Revert smartattend:guard/inventory from pg
begin;

drop function guard.fingerprint();
drop function guard.inventory();
drop function guard.room();

commit;
