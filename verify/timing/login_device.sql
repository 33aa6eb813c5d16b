-- Verify smartattend:timing/login_device on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('timing.login_device(text, text, interval, text)'::regprocedure);

rollback;
