-- Deploy smartattend:api/report_views to pg
begin;
set local role smartattend_owner;

-- Each is what its barrier view in report lets through: the rows of the verified tenant, in the scope of a permission.
create view api.report_daily_attendance with (security_invoker = true) as
select
  v.business_date, v.unit_id, v.sessions, v.expected, v.present, v.late, v.partial, v.elsewhere, v.absent, v.excused, v.not_required, v.held,
  v.not_taken, v.to_come, v.cancelled, v.unscheduled, v.in_denominator, v.presence_value, v.attendance_rate, v.as_of
from report.daily_attendance as v;
comment on view api.report_daily_attendance is
  'Attendance by business date (of the site; a night belongs to the date on which it begins) and unit, in the scope of attendance.read: expected is the sum of what follows it up to cancelled, unscheduled came besides. The same words and numbers as api.roll, as of the last refresh. attendance_rate: presence values over those that count (neither held nor voided, in_denominator), null where none does. as_of: what was committed before is in it.';

create view api.report_subject_term with (security_invoker = true) as
select
  v.subject_id, v.term_kind, v.term_id, v.term, v.starts_on, v.unit_id, v.days, v.sessions, v.present, v.tardy, v.partial, v.elsewhere, v.excused,
  v.absent, v.days_absent, v.absence_rate, v.is_chronic, v.as_of
from report.subject_term as v;
comment on view api.report_subject_term is
  'Attendance of each person by term of the site (schools) or pay period (companies): unit null is the whole, the others are its parts. Oneself, the parts in the scope of attendance.read, or with it for the whole tenant all. Of sessions that count (neither held nor voided, in_denominator); what nobody recorded is no absence. A day is missed by the part of its sessions that was; is_chronic: a tenth of the days or more, excused or not. as_of: what was committed before is in it.';

create view api.report_register_completion with (security_invoker = true) as
select
  v.business_date, v.unit_id, v.registers, v.cancelled, v.due, v.taken, v.begun, v.in_time, v.missing, v.completion, v.median_after_end, v.as_of
from report.register_completion as v;
comment on view api.report_register_completion is
  'Registers by business date and unit, in the scope of attendance.read: due are those whose session is over and was not cancelled (of shifts and of what was imported, for which none has to be taken, those that were begun); taken of them are submitted or closed, begun are open, in_time were first submitted within the hours of rule F29 after the end of the session. completion is taken / due, null where none was due. One that is missing says nothing of its people. as_of: what was committed before is in it.';

create view api.report_worked_hours with (security_invoker = true) as
select
  v.week_starts_on, v.subject_id, v.days, v.held, v.unended, v.planned, v.worked, v.provisional, v.over_plan, v.weekly_limit, v.over_limit,
  v.provisional_over_limit, v.as_of
from report.worked_hours as v;
comment on view api.report_worked_hours is
  'Worked time of each person of a company by ISO week (of business dates): the columns of api.overtime, as of the last refresh. Oneself, whoever was planned and worked in the scope of attendance.read alone, or with it for the whole tenant all. as_of: what was committed before is in it.';

create view api.report_flags with (security_invoker = true) as
select
  v.rule, v.unit_id, v.raised, v.open, v.blocking, v.dismissed, v.upheld, v.auto_cleared, v.precision, v.oldest_open_at, v.median_to_decide, v.as_of
from report.flags as v;
comment on view api.report_flags is
  'Integrity flags by rule and unit, in the scope of attendance.read: how many were raised and what became of them. precision is upheld / decided (upheld or dismissed), null before the first decision; a rule whose precision is low speaks too often. as_of: what was committed before is in it.';

create view api.report_corrections with (security_invoker = true) as
select
  v.type, v.unit_id, v.submitted, v.open, v.applied, v.conflicted, v.rejected, v.withdrawn, v.expired, v.approval_rate, v.oldest_open_at,
  v.median_to_decide, v.as_of
from report.corrections as v;
comment on view api.report_corrections is
  'Correction requests by type and unit, in the scope of attendance.read: what became of them, how many of the decided were approved (a conflicted one was, too), and how long a decision takes. as_of: what was committed before is in it.';

create view api.report_device_clocks with (security_invoker = true) as
select
  v.device_id, v.site_id, v.kind, v.state, v.since, v.sampled_at, v.offset_us, v.error_us, v.delivered_until, v.falls, v.samples, v.worst_offset_us,
  v.worst_step_us, v.as_of
from report.device_clocks as v;
comment on view api.report_device_clocks is
  'The clocks of the devices in service, with member.read: health and since when, offset (to be added to the wall clock) with its error, and of the last 30 days how often it fell to critical or untrusted (falls), how many samples there were, and the widest offset and step among them. as_of: what was committed before is in it.';

create view api.report_revalidations with (security_invoker = true) as
select
  v.role, v.source, v.queued, v.due, v.overdue, v.certified, v.modified, v.revoked, v.suspended, v.in_time, v.in_time_rate, v.oldest_due_at, v.as_of
from report.revalidations as v;
comment on view api.report_revalidations is
  'Grants that are looked at again, by role and by what caused it, with role.review for the whole tenant: what waits, what is overdue (suspended: without effect until the verdict), what was decided, and how much of that before it was overdue. as_of: what was committed before is in it.';

create view api.report_tenant_health with (security_invoker = true) as
select
  v.platform, v.state, v.is_sandbox, v.members, v.devices, v.distrusted_clocks, v.last_event_at, v.events_of_a_day, v.held_records,
  v.unended_records, v.missing_registers, v.open_flags, v.blocking_flags, v.open_corrections, v.overdue_revalidations, v.open_escalations, v.as_of
from report.tenant_health as v;
comment on view api.report_tenant_health is
  'How the tenant is, in one row, with setting.manage: people and devices, clocks that are not trusted, the last event and how many there were in a day, and what waits for somebody: held records, missing registers, flags, corrections, overdue revalidations, escalation events. as_of: what was committed before is in it.';

create view api.report_freshness with (security_invoker = true) as
select f.view, f.meaning, f.as_of, coalesce(f.as_of + f.stale_after < core.clock(), true) as is_stale, f.refresh_every, f.stale_after, f.failed_at
from report.freshness as f;
comment on view api.report_freshness is
  'Of when each report is: as_of (null: never refreshed), whether it is stale by now, and when the last refresh failed, if it did. The same for all tenants.';

revoke all on
  api.report_daily_attendance, api.report_subject_term, api.report_register_completion, api.report_worked_hours, api.report_flags,
  api.report_corrections, api.report_device_clocks, api.report_revalidations, api.report_tenant_health, api.report_freshness
from public;
grant select on
  api.report_daily_attendance, api.report_subject_term, api.report_register_completion, api.report_worked_hours, api.report_flags,
  api.report_corrections, api.report_device_clocks, api.report_revalidations, api.report_tenant_health, api.report_freshness
to smartattend_app;

commit;
