-- Deploy smartattend:api/views to pg
begin;
set local role smartattend_owner;

-- Each runs with the rights and policies of who asks: the token in smartattend.token decides what is seen.
create view api.tenant with (security_invoker = true) as
select tenant_id, slug, name, platform, time_zone, is_sandbox, state from tenancy.tenant;
comment on view api.tenant is 'The tenant of the session; for members of smartattend_operator, all tenants.';

create view api.site with (security_invoker = true) as
select id, code, name, time_zone, latitude, longitude, radius_m, networks from tenancy.site;
comment on view api.site is 'The sites of the session''s tenant.';

create view api.unit with (security_invoker = true) as
select id, site_id, parent_id, kind, code, name, ancestors from tenancy.unit;
comment on view api.unit is 'The units of the session''s tenant; ancestors are the unit itself and all above it.';

create view api.member with (security_invoker = true) as
select user_id, member_number, kind, display_name, active_from, active_until from identity.membership;
comment on view api.member is 'Oneself, or with member.read all members.';

create view api.device with (security_invoker = true) as
select id, site_id, code, name, kind, registered_at, retired_at from timing.device;
comment on view api.device is 'The devices of the tenant, with member.read.';

create view api.code with (security_invoker = true) as
select
  code, name, category, presence_value, in_denominator, counts_tardy, paid, requires_reason, permission, edfi_category, is_default,
  valid_from, valid_until
from attendance.code;
comment on view api.code is 'The attendance codes of the session''s tenant.';

create view api.session with (security_invoker = true) as
select
  id, site_id, unit_id, kind, source, source_id, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after,
  cancelled_at, cancelled_via, moved_from_id, room
from attendance.session;
comment on view api.session is 'The sessions that one is expected in, or that lie in the scope of attendance.read.';

create view api.register with (security_invoker = true) as
select
  r.session_id, r.state, r.state_via, r.state_reason, r.state in ('submitted', 'closed') as is_taken,
  (
    select count(*)
    from attendance.expectation as x
    where x.tenant_id = r.tenant_id and x.session_id = r.session_id and x.withdrawn_at is null and x.is_required
  ) as roll_count,
  (
    select count(*) from attendance.record as c where c.tenant_id = r.tenant_id and c.session_id = r.session_id and c.state <> 'voided'
  ) as marked_count
from attendance.register as r;
comment on view api.register is
  'The registers in the scope of attendance.read: how many are expected (roll_count) and have a record (marked_count), and whether it was taken. One that was not taken says nothing: its people are neither absent nor present by it.';

create view api.leave with (security_invoker = true) as
select id, subject_id, kind, starts_at, ends_at, code, reason, approver_id, approved_at, replaces_id, withdrawn_at, withdrawer_id, withdrawal_reason
from attendance.leave;
comment on view api.leave is 'Leave and future absences of oneself, or of the scope of leave.manage; withdrawn ones, too.';

create view api.closed_day with (security_invoker = true) as
select id, code, name, site_id, starts_on, ends_on, withdrawn_at from attendance.closed_day;
comment on view api.closed_day is 'When sites of the tenant are closed; site null: all of them. ends_on is the first day that is open again.';

create view api.substitute with (security_invoker = true) as
select session_id, user_id, appointed_at, appointed_by, withdrawn_at from attendance.substitute;
comment on view api.substitute is 'The sessions in which one stands in for the teacher; with schedule.manage all.';

create view api.expectation with (security_invoker = true) as
select
  subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after, is_required, code, leave_id,
  withdrawn_at
from attendance.expectation;
comment on view api.expectation is 'Who should be where: oneself, or the scope of attendance.read.';

create view api.attendance with (security_invoker = true) as
select
  r.id, r.subject_id, r.session_id, r.unit_id, r.business_date, r.accounted_at, r.state, r.state_via, r.state_reason, r.code, c.category,
  r.revision, r.is_open, r.in_at, r.out_at, r.replaces_id
from attendance.record as r
left join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code;
comment on view api.attendance is 'The records of oneself, or of the scope of attendance.read, in their current state.';

create view api.roll with (security_invoker = true) as
select
  x.business_date, x.unit_id, x.session_id, x.subject_id, true as is_expected, x.is_required, x.source,
  case
    when r.state = 'flagged' then 'held'
    when r.id is not null then coalesce(c.category, 'present')
    when s.cancelled_at is not null then 'cancelled'
    when l.category is not null then 'on_leave'
    when not x.is_required then 'not_required'
    when x.ends_at > core.clock() then 'to_come'
    else 'not_taken'
  end as standing,
  r.id as record_id, r.state, r.code, c.category, r.revision, r.is_open, r.in_at, r.out_at
from attendance.expectation as x
inner join attendance.session as s on s.tenant_id = x.tenant_id and s.id = x.session_id
left join attendance.code as l on l.tenant_id = x.tenant_id and l.code = x.code
left join attendance.record as r
  on r.tenant_id = x.tenant_id and r.session_id = x.session_id and r.subject_id = x.subject_id and r.state <> 'voided'
left join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code
where x.withdrawn_at is null
union all
select
  r.business_date, r.unit_id, r.session_id, r.subject_id, false, false, null,
  case when r.state = 'flagged' then 'held' else coalesce(c.category, 'present') end,
  r.id, r.state, r.code, c.category, r.revision, r.is_open, r.in_at, r.out_at
from attendance.record as r
left join attendance.code as c on c.tenant_id = r.tenant_id and c.code = r.code
where r.state <> 'voided'
  and not exists (
    select from attendance.expectation as x
    where x.tenant_id = r.tenant_id and x.session_id = r.session_id and x.subject_id = r.subject_id and x.withdrawn_at is null
  );
comment on view api.roll is
  'Who was expected in a session and what became of it, and who came without being expected: one row for each person and session, and for each record that no session holds. standing is the category of the code; held where the record is flagged; and without a record cancelled (the session), on_leave (announced), not_required (on call), to_come (not over yet) or not_taken: nobody is absent because nobody looked. Of oneself, or of the scope of attendance.read. Ask by business_date, session_id or subject_id.';

create view api.error_code with (security_invoker = true) as
select code, name, kind, retry, meaning, action from core.error_code;
comment on view api.error_code is 'Every code that SmartAttend raises or returns.';

create view api.machine_state with (security_invoker = true) as
select machine, state, is_initial, is_terminal, meaning from core.state;
comment on view api.machine_state is 'The states of every state machine.';

create view api.machine_transition with (security_invoker = true) as
select machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard from core.transition;
comment on view api.machine_transition is 'The legal transitions of every state machine; from_state null is creation.';

revoke all on
  api.tenant, api.site, api.unit, api.member, api.device, api.code, api.session, api.register, api.expectation, api.attendance,
  api.roll, api.leave, api.closed_day, api.substitute, api.error_code, api.machine_state, api.machine_transition
from public;
grant select on
  api.tenant, api.site, api.unit, api.member, api.device, api.code, api.session, api.register, api.expectation, api.attendance,
  api.roll, api.leave, api.closed_day, api.substitute, api.error_code, api.machine_state, api.machine_transition
to smartattend_app;
grant select on api.tenant, api.error_code, api.machine_state, api.machine_transition to smartattend_operator;

commit;
