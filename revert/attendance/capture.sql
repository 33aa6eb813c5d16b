-- Revert smartattend:attendance/capture from pg
begin;
set local role smartattend_owner;

drop function attendance.capture(core.actor, text, uuid, uuid, attendance.claim);
drop function attendance.unscheduled_date(timestamptz, uuid);
drop function attendance.subject_zone(uuid);
drop function attendance.claim_hash(text, uuid, attendance.claim);
drop function attendance.claim_hash(text, uuid);
drop function attendance.check_claim(attendance.claim);

commit;
