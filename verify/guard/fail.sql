-- Verify smartattend:guard/fail on pg
begin;

select pg_get_functiondef('guard.fail(text, text, text)'::regprocedure);

rollback;
