-- Revert smartattend:metrics/roll_up from pg
begin;
set local role smartattend_owner;

drop function metrics.roll_up(timestamptz);
drop function metrics.count_calls(xid8, xid8, timestamptz);
drop function metrics.endpoint(text, text, jsonb);

commit;
