-- Revert smartattend:metrics/expire from pg
begin;
set local role smartattend_owner;

drop function metrics.expire(timestamptz);

commit;
