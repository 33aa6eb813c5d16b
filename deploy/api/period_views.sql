-- Deploy smartattend:api/period_views to pg
begin;
set local role smartattend_owner;

create view api.period with (security_invoker = true) as
select id, code, name, kind, starts_at, ends_at, state, state_via, state_reason from attendance.period;
comment on view api.period is 'The pay periods and terms of the session''s tenant; ends_at is the first instant after.';

create view api.period_total with (security_invoker = true) as
select
  period_id, subject_id, unit_id, records, recorded, flagged, verified, voided, present, late, left_early, partial, absent_excused,
  absent_unexcused, approved_elsewhere, not_required, uncoded, in_denominator, presence_value, tardies, without_out, worked_us,
  worked_us * interval '1 microsecond' as worked, late_us, late_us / 60000000.0 as minutes_late, adjustments, adjusted, recorded_at
from attendance.period_total;
comment on view api.period_total is
  'The frozen totals of oneself, or of the scope of attendance.read: in a unit, of people all of whose records in the period are of that unit.';

create view api.period_adjustment with (security_invoker = true) as
select
  record_id, revision, period_id, into_period_id, subject_id, unit_id, state_before, state_after, code_before, code_after,
  in_at_before, in_at_after, out_at_before, out_at_after, delta, recorded_at
from attendance.period_adjustment;
comment on view api.period_adjustment is
  'What revisions of records of closed periods carry into open ones: of oneself, or of the scope of attendance.read.';

revoke all on api.period, api.period_total, api.period_adjustment from public;
grant select on api.period, api.period_total, api.period_adjustment to smartattend_app;

commit;
