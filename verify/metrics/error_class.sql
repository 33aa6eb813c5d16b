-- Verify smartattend:metrics/error_class on pg
begin;
set local role smartattend_owner;

select * from metrics.error_class where false;
select * from metrics.objective where false;
select * from metrics.burn_rule where false;
select pg_get_functiondef('metrics.error_class_of(text)'::regprocedure);

rollback;
