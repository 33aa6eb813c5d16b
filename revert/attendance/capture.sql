-- Revert smartattend:attendance/capture from pg
begin;
set local role smartattend_owner;

drop function attendance.revise(attendance.record, text, uuid, bytea, text, text, text, text);
drop function attendance.weigh(core.actor, attendance.event, attendance.claim, uuid, timestamptz);
drop function attendance.repeat(text, uuid, bytea, attendance.event);
drop function attendance.unscheduled_date(timestamptz, uuid);
drop function attendance.subject_zone(uuid);
drop function attendance.capture(core.actor, text, uuid, uuid, attendance.claim);
drop function attendance.answer_known_key(text, uuid, bytea);
drop function attendance.claim_hash(text, uuid, attendance.claim);
drop function attendance.claim_hash(text, uuid);
drop function attendance.check_claim(attendance.claim);

commit;
