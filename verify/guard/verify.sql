-- Verify smartattend:guard/verify on pg
begin;

select pg_get_functiondef('guard.verify()'::regprocedure);

rollback;
