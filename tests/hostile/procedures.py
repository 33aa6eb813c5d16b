"""A call of every procedure of api that names something: of another tenant, of another person, or that there is not."""

from __future__ import annotations

import uuid
from typing import Any

from tests.hostile.world import World

PLATFORM = (
    "break_glass",
    "impersonate",
    "legal_hold_place",
    "legal_hold_release",
    "platform_access_review",
    "platform_grant",
    "platform_metrics",
    "platform_revoke",
    "platform_scan",
    "platform_session_revoke",
    "platform_sessions",
    "platform_subscription_put",
    "role_rule_put",
    "superadmin_dashboard",
    "tenant_approve",
    "tenant_create",
    "tenant_export_receipt",
    "tenant_overview",
    "tenant_transition",
)
"""Procedures for platform sessions."""

EITHER = (
    "incident_assign",
    "incident_dismiss",
    "incident_note",
    "incident_pause",
    "incident_raise",
    "incident_resume",
    "incident_transition",
)
"""Procedures for sessions of a tenant and of the platform, each about its own."""

CALLS = {
    "access_scan": "key => {key}",
    "attendance_as_of": "subject_id => {person}",
    "attendance_finalize": "key => {key}",
    "attendance_history": "subject_id => {person}",
    "attendance_import": "entries => "
    """jsonb_build_array(jsonb_build_object('member_number', {member}, 'site_code', {site}, 'date', current_date, """
    """'code', 'P'))""",
    "attendance_replace": "key => {key}, record_id => {record}, reason => 'because I want it so', code => 'P'",
    "attendance_transition": "key => {key}, record_id => {record}, via => 'void', reason => 'because I want it so'",
    "break_glass": "key => {key}, tenant_id => {tenant}, reason => 'because I want it so', ticket => 'X-1'",
    "check_in": "key => {key}, subject_id => {person}, device_id => {device}",
    "check_in_batch": "entries => "
    """jsonb_build_array(jsonb_build_object('key', {key}, 'kind', 'in', 'subject_id', {person}))""",
    "check_out": "key => {key}, subject_id => {person}",
    "client_report": "key => {key}, counts => "
    """jsonb_build_array(jsonb_build_object('endpoint', 'check_in', 'outcome', 'failed', 'code', '57014', """
    """'minute', now(), 'bucket', 40, 'count', 3))""",
    "clock_expire": "key => {key}",
    "clock_probe": "key => {key}, device_id => {device}",
    "clock_report": "key => {key}, probe_key => {probe}, sent_at => now(), received_at => now(), "
    "boot_id => {device}, sent_monotonic_us => 0, received_monotonic_us => 1",
    "correction_decide": "key => {key}, request_id => {request}, via => 'approve'",
    "correction_expire": "key => {key}",
    "correction_revert": "key => {key}, record_id => {record}, revision => 1, reason => 'because I want it so'",
    "correction_submit": "key => {key}, record_id => {record}, type => 'data_entry_error', "
    "reason => 'because I want it so', code => 'P'",
    "correction_withdraw": "key => {key}, request_id => {request}, reason => 'because I want it so'",
    "escalation_decide": "key => {key}, event_id => {event}, via => 'dismiss', reason => 'because I want it so'",
    "flag_decide": "key => {key}, flag_id => {flag}, verdict => 'dismiss', reason => 'because I want it so'",
    "has_permission": "permission => 'role.grant', unit_id => {room}",
    "incident_assign": "key => {key}, incident_id => {incident}, reason => 'because I want it so'",
    "incident_dismiss": "key => {key}, incident_id => {incident}, code => 'test', reason => 'because I want it so'",
    "incident_note": "key => {key}, incident_id => {incident}, kind => 'note', text => 'because I want it so'",
    "incident_pause": "key => {key}, incident_id => {incident}, reason => 'because I want it so'",
    "incident_raise": "key => {key}, title => 'because I want it so'",
    "incident_resume": "key => {key}, incident_id => {incident}, reason => 'because I want it so'",
    "incident_transition": "key => {key}, incident_id => {incident}, via => 'unacknowledge', "
    "reason => 'because I want it so'",
    "integrity_rule_put": "key => {key}, rule => 'F01', reason => 'because I want it so', is_enabled => false",
    "integrity_scan": "key => {key}",
    "legal_hold_place": "key => {key}, tenant_id => {tenant}, ticket => 'CASE-1', reason => 'because I want it so'",
    "legal_hold_release": "key => {key}, tenant_id => {tenant}, hold_id => {record}, reason => 'because I want it so'",
    "period_transition": "key => {key}, period_id => {period}, via => 'close'",
    "platform_scan": "key => {key}",
    "impersonate": "key => {key}, tenant_id => {tenant}, member_number => 's2', reason => 'because I want it so'",
    "platform_access_review": "key => {key}, tenant_id => {tenant}, access_id => {access}, verdict => 'justified', "
    "reason => 'because I want it so'",
    "platform_grant": "key => {key}, login => 'me@example.org', role => 'superadmin', ends_at => null, "
    "reason => 'because I want it so', ticket => 'X-1'",
    "platform_revoke": "key => {key}, login => 'me@example.org', role => 'superadmin', "
    "reason => 'because I want it so'",
    "platform_session_revoke": "key => {key}, session_id => {access}, reason => 'because I want it so'",
    "platform_metrics": "",
    "platform_sessions": "",
    "platform_subscription_put": "key => {key}, kind => '*', channel => 'command', target => 'pager'",
    "put_closed_days": "entries => "
    """jsonb_build_array(jsonb_build_object('code', 'x', 'name', 'X', 'site_code', {site}, 'starts_on', """
    """current_date))""",
    "put_courses": "entries => jsonb_build_array(jsonb_build_object('site_code', {site}, 'code', 'x', 'name', 'X'))",
    "put_devices": "entries => "
    """jsonb_build_array(jsonb_build_object('code', 'x', 'name', 'X', 'site_code', {site}, 'kind', 'kiosk'))""",
    "put_enrolments": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', 'main', 'unit_code', '10A', 'member_number', {member}, """
    """'starts_on', current_date))""",
    "put_leave": "entries => "
    """jsonb_build_array(jsonb_build_object('member_number', {member}, 'starts_at', current_date, 'ends_at', """
    """current_date + 1, 'reason', 'because I want it so'))""",
    "put_members": "entries => "
    """jsonb_build_array(jsonb_build_object('member_number', 'x', 'kind', 'student', 'display_name', 'X', 'role', """
    """'faculty', 'role_unit', {site} || '/' || {unit}))""",
    "put_periods": "entries => "
    """jsonb_build_array(jsonb_build_object('code', 'x', 'name', 'X', 'kind', 'term', 'starts_on', current_date + """
    """100, 'ends_on', current_date + 110))""",
    "put_roster": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'unit_code', {unit}, 'shift_code', 'day', """
    """'on_date', current_date + 20, 'member_number', {member}))""",
    "put_sections": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'code', 'x', 'name', 'X', 'course_code', 'M', """
    """'term_code', 'T1'))""",
    "put_shift_templates": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'unit_code', {unit}, 'code', 'x', 'name', 'X', """
    """'local_start', '08:00', 'local_end', '09:00'))""",
    "put_sites": "entries => "
    """jsonb_build_array(jsonb_build_object('code', {site}, 'name', 'X', 'time_zone', 'UTC'))""",
    "put_terms": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'code', 'x', 'name', 'X', 'starts_on', """
    """current_date, 'ends_on', current_date + 9))""",
    "put_timetable": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'unit_code', {unit}, 'kind', 'meeting', 'weekday', """
    """2, 'local_start', '08:00', 'local_end', '09:00', 'valid_from', current_date))""",
    "put_timetable_exceptions": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'unit_code', {unit}, 'kind', 'meeting', 'on_date', """
    """current_date + 3, 'local_start', '08:00', 'change', 'cancelled', 'reason', 'because I want it so'))""",
    "put_units": "entries => "
    """jsonb_build_array(jsonb_build_object('site_code', {site}, 'code', 'x', 'name', 'X', 'kind', """
    """'year_group'))""",
    "register_cancel": "key => {key}, session_id => {session}, reason => 'because I want it so'",
    "register_close": "key => {key}",
    "register_marks": "session_id => {session}",
    "register_open": "key => {key}, session_id => {session}",
    "register_reopen": "key => {key}, session_id => {session}, reason => 'because I want it so'",
    "register_submit": "key => {key}, session_id => {session}, marks => "
    """jsonb_build_array(jsonb_build_object('subject_id', {person}, 'code', 'P'))""",
    "revalidation_decide": "key => {key}, revalidation_id => {revalidation}, via => 'revoke', "
    "reason => 'because I want it so'",
    "role_activate": "key => {key}, request_id => {asked}",
    "role_approvers": "request_id => {asked}",
    "role_break_glass": "key => {key}, role => 'school_admin', reason => 'because I want it so', unit_id => {room}",
    "role_decide": "key => {key}, request_id => {asked}, via => 'approve'",
    "role_request": "key => {key}, role => 'faculty', user_id => {person}, unit_id => {room}",
    "role_revoke": "key => {key}, grant_id => {grant}, reason => 'because I want it so'",
    "role_rule_put": "key => {key}, role => 'hr', "
    """rule => '{{"min_approvals": 0}}', reason => 'because I want it so'""",
    "role_withdraw": "key => {key}, request_id => {asked}",
    "schedule_generate": "key => {key}, from_date => current_date, to_date => current_date + 1, unit_id => {room}",
    "setting_put": """key => {key}, settings => '{{"late_after": "00:10"}}', reason => 'because I want it so'""",
    "simulation_abort": "key => {key}, run_id => {run}, reason => 'because I want it so'",
    "simulation_finish": "key => {key}, run_id => {run}, scenarios => '[]'",
    "simulation_start": "key => {key}, command => 'duplicate-storm', seed => 1, plan_hash => repeat('ab', 32), "
    "parameters => '{{}}', tool_version => '1.0'",
    "simulation_testify": "key => {key}, run_id => {run}, calls => '[]'",
    "subscription_put": "key => {key}, kind => '*', channel => 'smtp', target => 'me@example.org'",
    "superadmin_dashboard": "",
    "support_access_review": "key => {key}, access_id => {access}, verdict => 'justified', "
    "reason => 'because I want it so'",
    "tenant_approve": "key => {key}, tenant_id => {tenant}, via => 'purge', reason => 'because I want it so'",
    "tenant_create": "key => {key}, slug => 'mine-too', name => 'Mine', platform => 'school', time_zone => 'UTC', "
    "admin_login => 'me@example.org', admin_name => 'Me'",
    "tenant_export_receipt": "key => {key}, tenant_id => {tenant}, received_by => 'Me', "
    "archive_sha256 => repeat('ab', 32), rows => 1",
    "tenant_overview": "",
    "tenant_transition": "key => {key}, tenant_id => {tenant}, via => 'suspend', reason => 'because I want it so'",
}
"""By name, the arguments without the token."""

ROW = """
  select c.id, q.id, f.id, p.id, r.id, s.id, b.key, k.key, a.id, g.id, v.id, e.id, i.id
  from (select) as x
  left join lateral (
    select id from attendance.record where tenant_id = <{0}> and subject_id = <{0}/s2> and not is_open or
      tenant_id = <{0}> and subject_id = <{0}/s2> limit 1
  ) as c on true
  left join lateral (
    select id from attendance.correction_request where tenant_id = <{0}> and state = 'submitted' limit 1
  ) as q on true
  left join lateral (
    select id from integrity.flag where tenant_id = <{0}> and state = 'open' and subject_id <> <{0}/s1> limit 1
  ) as f on true
  left join lateral (select id from attendance.period where tenant_id = <{0}> and state = 'open' limit 1) as p on true
  left join lateral (select id from simulation.run where tenant_id = <{0}> limit 1) as r on true
  left join lateral (
    select id from identity.support_access where tenant_id = <{0}> and kind = 'impersonation' limit 1
  ) as s on true
  left join lateral (select key from timing.clock_probe where tenant_id = <{0}> limit 1) as b on true
  left join lateral (
    select key from core.idempotency where tenant_id = <{0}> and command = 'register_open' limit 1
  ) as k on true
  left join lateral (
    select id from access.role_request where tenant_id = <{0}> and state = 'requested' and beneficiary_id = <{0}/s2>
    limit 1
  ) as a on true
  left join lateral (
    select id from identity.role_grant where tenant_id = <{0}> and user_id = <{0}/officer> and revoked_at is null
    limit 1
  ) as g on true
  left join lateral (
    select id from access.revalidation where tenant_id = <{0}> and state in ('queued', 'due') limit 1
  ) as v on true
  left join lateral (
    select id from access.escalation_event where tenant_id = <{0}> and state = 'open' limit 1
  ) as e on true
  left join lateral (select id from incident.incident where tenant_id = <{0}> and dedup_key = 'roof') as i on true
"""


def things(world: World, tenant: str) -> dict[str, str]:
    """What calls may name, of a school; of the school ``nowhere`` everything is new, and there is nothing."""
    if tenant == "nowhere":
        names = ("person", "session", "device", "room", "tenant", *FOUND)
        found: dict[str, Any] = {name: uuid.uuid4() for name in names}
    else:
        found = {
            "person": world.ids[f"{tenant}/s2"],
            "session": world.ids[f"{tenant}/math"],
            "device": world.ids[f"{tenant}/kiosk"],
            "room": world.ids[f"{tenant}/10A"],
            "tenant": world.ids[tenant],
            **dict(zip(FOUND, world.query(ROW.format(tenant))[0], strict=True)),
        }
        assert None not in found.values(), found
    found |= {"site": f"{tenant}-site", "unit": f"{tenant}-unit", "member": f"{tenant}-member"}
    return {name: f"'{value}'" for name, value in found.items()}


FOUND = (
    "record",
    "request",
    "flag",
    "period",
    "run",
    "access",
    "probe",
    "taken_key",
    "asked",
    "grant",
    "revalidation",
    "event",
    "incident",
)


def call(name: str, named: dict[str, str], key: str | None = None) -> str:
    """The SQL of a call, with a new key."""
    arguments = CALLS[name].format(**named, key=f"'{key or uuid.uuid4()}'")
    return f"select * from api.{name}({arguments})"


def blurred(said: str, named: dict[str, str]) -> str:
    """An answer in which what was named has no name any more."""
    for name, value in named.items():
        said = said.replace(value.strip("'"), f"<{name}>")
    return said
