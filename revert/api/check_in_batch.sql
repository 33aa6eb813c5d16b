-- Revert smartattend:api/check_in_batch from pg
begin;
set local role smartattend_owner;

drop function api.check_in_batch(jsonb, text);
drop function attendance.capture_simple(jsonb);
drop function attendance.simple_punches(jsonb);
drop type attendance.simple_punch;

commit;
