-- Verify smartattend:timing/login_device on pg
begin;

select pg_get_functiondef('timing.login_device(text, text, interval, text)'::regprocedure);

rollback;
