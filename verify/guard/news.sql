-- Verify smartattend:guard/news on pg
begin;

select pg_get_functiondef('guard.news(xid8, xid8)'::regprocedure);

rollback;
