-- Revert smartattend:guard/verify from pg
begin;

drop function guard.verify();

commit;
