-- Revert smartattend:metrics/report_health from pg
begin;
set local role smartattend_owner;

drop function metrics.set_maintenance(text, boolean, text, timestamptz);
drop function metrics.age_health(timestamptz);
drop function metrics.report_health(text, boolean, jsonb, timestamptz);
drop function metrics.lock_health(text);

commit;
