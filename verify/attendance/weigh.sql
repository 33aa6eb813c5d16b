-- Verify smartattend:attendance/weigh on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.answer_known_key(text, uuid, bytea)'::regprocedure);
select pg_get_functiondef('attendance.repeat(text, uuid, bytea, attendance.event)'::regprocedure);
select pg_get_functiondef('attendance.weigh(core.actor, attendance.event, attendance.claim, uuid, timestamptz)'::regprocedure);

rollback;
