-- Verify smartattend:attendance/capture on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('attendance.check_claim(attendance.claim)'::regprocedure);
select pg_get_functiondef('attendance.claim_hash(text, uuid)'::regprocedure);
select pg_get_functiondef('attendance.claim_hash(text, uuid, attendance.claim)'::regprocedure);
select pg_get_functiondef('attendance.subject_zone(uuid)'::regprocedure);
select pg_get_functiondef('attendance.unscheduled_date(timestamptz, uuid)'::regprocedure);
select pg_get_functiondef('attendance.capture(core.actor, text, uuid, uuid, attendance.claim)'::regprocedure);

rollback;
