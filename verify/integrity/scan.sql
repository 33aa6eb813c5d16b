-- Verify smartattend:integrity/scan on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.raise_findings(text, integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.hold_records(uuid[])'::regprocedure);
select pg_get_functiondef('integrity.clear_flags(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.judge(integrity.reach)'::regprocedure);
select pg_get_functiondef('integrity.scan()'::regprocedure);

rollback;
