-- Revert smartattend:attendance/revise from pg
begin;
set local role smartattend_owner;

drop function attendance.revise(attendance.record, text, uuid, bytea, text, text, text, text);

commit;
