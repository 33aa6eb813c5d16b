-- Revert smartattend:metrics/request_total from pg
begin;
set local role smartattend_owner;

drop function metrics.request_total(timestamptz);

commit;
