-- Revert smartattend:guard/self_test from pg
begin;

drop function guard.self_test();
drop function guard.is_armed();

commit;
