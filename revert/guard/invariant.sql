-- Revert smartattend:guard/invariant from pg
begin;

drop function guard.broken_invariant();

commit;
