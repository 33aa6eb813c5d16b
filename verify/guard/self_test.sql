-- Verify smartattend:guard/self_test on pg
begin;

select pg_get_functiondef('guard.self_test()'::regprocedure), pg_get_functiondef('guard.is_armed()'::regprocedure);

rollback;
