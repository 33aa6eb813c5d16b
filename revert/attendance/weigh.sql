-- Revert smartattend:attendance/weigh from pg
begin;
set local role smartattend_owner;

drop function attendance.weigh(core.actor, attendance.event, attendance.claim, uuid, timestamptz);
drop function attendance.repeat(text, uuid, bytea, attendance.event);
drop function attendance.answer_known_key(text, uuid, bytea);

commit;
