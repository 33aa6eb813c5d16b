-- Verify smartattend:metrics/request on pg
begin;
set local role smartattend_owner;

select * from metrics.request_minute where false;
select * from metrics.request_hour where false;
select * from metrics.counter where false;
select * from metrics.watermark where false;
select pg_get_functiondef('metrics.add_calls(metrics.call[])'::regprocedure);
select pg_get_functiondef('metrics.add_to_counter(text, bigint)'::regprocedure);

do $$
begin
  assert to_regclass('core.idempotency_xid') is not null, 'index idempotency_xid';
end $$;

rollback;
