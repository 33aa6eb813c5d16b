-- Revert smartattend:attendance/plan_sessions from pg
begin;
set local role smartattend_owner;

drop function attendance.session_window(attendance.planned_session, text, tenancy.setting);
drop function attendance.plan_sessions(text, date, date, uuid, attendance.planned_session[]);
drop type attendance.planned_slot;
drop type attendance.planned_session;

commit;
