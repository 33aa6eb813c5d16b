-- Revert smartattend:integrity/scanned from pg
begin;
set local role smartattend_owner;

drop function integrity.on_event(integrity.scanned, jsonb, jsonb);
drop function integrity.touched(integrity.reach);
drop function integrity.latest(integrity.reach);
drop function integrity.read_events(integrity.reach);
drop function integrity.address(text);
drop function integrity.distance_m(double precision, double precision, double precision, double precision);
drop type integrity.finding;
drop type integrity.reach;
drop table integrity.roll;
drop index attendance.register_transition_submitted;
drop index core.idempotency_repeat;
drop index attendance.event_xid;
drop table integrity.scanned;
drop table integrity.horizon;

commit;
