-- Verify smartattend:attendance/capture on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.check_claim(attendance.claim)'::regprocedure);
select pg_get_functiondef('attendance.claim_hash(text, uuid)'::regprocedure);
select pg_get_functiondef('attendance.claim_hash(text, uuid, attendance.claim)'::regprocedure);
select pg_get_functiondef('attendance.answer_known_key(text, uuid, bytea)'::regprocedure);
select pg_get_functiondef('attendance.capture(core.actor, text, uuid, uuid, attendance.claim)'::regprocedure);
select pg_get_functiondef('attendance.weigh(core.actor, attendance.event, attendance.claim, uuid, timestamptz)'::regprocedure);
select pg_get_functiondef('attendance.subject_zone(uuid)'::regprocedure);
select pg_get_functiondef('attendance.unscheduled_date(timestamptz, uuid)'::regprocedure);
select pg_get_functiondef('attendance.repeat(text, uuid, bytea, attendance.event)'::regprocedure);
select pg_get_functiondef('attendance.revise(attendance.record, text, uuid, bytea, text, text, text, text)'::regprocedure);

rollback;
