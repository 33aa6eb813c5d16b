-- Revert smartattend:metrics/request from pg
begin;
set local role smartattend_owner;

drop index core.idempotency_xid;
drop function metrics.add_to_counter(text, bigint);
drop function metrics.add_calls(metrics.call[]);
drop type metrics.call;
drop table metrics.watermark;
drop table metrics.counter;
drop table metrics.request_hour;
drop table metrics.request_minute;

commit;
