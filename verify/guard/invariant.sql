-- Verify smartattend:guard/invariant on pg
begin;

select pg_get_functiondef('guard.broken_invariant()'::regprocedure);

do $$
begin
  perform b.* from guard.broken_invariant() as b;
end $$;

rollback;
