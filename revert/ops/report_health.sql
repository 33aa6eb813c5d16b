-- Revert smartattend:ops/report_health from pg
begin;
set local role smartattend_owner;

drop function ops.report_api_health(timestamptz);
drop function ops.report_health(timestamptz);
drop function ops.look_at_services(timestamptz);

commit;
