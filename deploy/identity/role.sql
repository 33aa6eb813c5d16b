-- Deploy smartattend:identity/role to pg
begin;
set local role smartattend_owner;

create table identity.permission (
  permission text not null,
  meaning text not null,
  under_impersonation boolean not null default false,
  under_break_glass boolean not null default false,
  mfa_at_least integer not null default 1,
  constraint permission_pkey primary key (permission),
  constraint permission_is_object_dot_action check (permission ~ '^[a-z]+[.][a-z_]+$'),
  constraint mfa_level_is_1_to_3 check (mfa_at_least between 1 and 3)
);
comment on table identity.permission is 'What can be allowed.';
comment on column identity.permission.under_impersonation is
  'Whether it counts while the platform acts as a member: reading and clerical work. What governs (roles, settings, approvals, verdicts) is the member''s own.';
comment on column identity.permission.under_break_glass is 'Whether the platform holds it while it acts as an administrator: administration, never attendance.';
comment on column identity.permission.mfa_at_least is
  'The level of multi-factor authentication that a platform session needs for it. It belongs to the permission, not to the role: a stolen password must not be enough to enter a tenant or to make a superadmin, while a superadmin may read and operate with the level of everybody else.';

create table identity.role (
  role text not null,
  platform text not null,
  level integer not null,
  meaning text not null,
  constraint role_pkey primary key (role),
  constraint platform_is_known check (platform in ('school', 'corporate', 'platform', 'any')),
  constraint level_is_a_percentage check (level between 0 and 100)
);
comment on table identity.role is 'Named sets of permissions with a level (0 to 100), per platform (ANSI INCITS 359).';

create table identity.role_permission (
  role text not null,
  permission text not null,
  constraint role_permission_pkey primary key (role, permission),
  constraint it_belongs_to_a_role foreign key (role) references identity.role (role),
  constraint it_names_a_permission foreign key (permission) references identity.permission (permission)
);
comment on table identity.role_permission is 'Which role holds which permission.';

insert into identity.permission (permission, meaning) values
  ('attendance.capture', 'check other people in and out'),
  ('attendance.read', 'read other people''s attendance'),
  ('attendance.verify', 'accept a record, clear its flags'),
  ('attendance.flag', 'hold a record'),
  ('attendance.void', 'void a record'),
  ('attendance.import', 'bring attendance in from another system'),
  ('attendance.finalize', 'have absences found and flags judged now'),
  ('correction.request', 'ask for corrections of other people''s records'),
  ('correction.decide', 'approve and reject corrections'),
  ('period.manage', 'open and close periods, correct while one is closing'),
  ('leave.manage', 'approve leave and enter future absences'),
  ('register.take', 'open and submit a register'),
  ('register.reopen', 'reopen a submitted register'),
  ('schedule.manage', 'courses, sections, timetables, enrolments, shifts, rosters'),
  ('member.read', 'read the list of members'),
  ('member.manage', 'add and change members'),
  ('role.grant', 'grant roles, approve requests for them and take them away'),
  ('role.review', 'look at grants again and decide escalation events'),
  ('role.escalate', 'grant roles with permissions that one does not hold'),
  ('site.manage', 'sites and units'),
  ('setting.manage', 'change the tenant''s settings'),
  ('device.manage', 'devices'),
  ('simulation.run', 'hurt this tenant, if it is a sandbox'),
  ('metrics.read', 'read how the service does for the tenant'),
  ('metrics.report', 'report what only a client counts: calls that failed, and retries'),
  ('tenant.create', 'create tenants'),
  ('tenant.operate', 'move tenants through their lifecycle'),
  ('audit.read', 'read who came in from the platform, and why'),
  ('support.review', 'judge whether the platform''s access was justified'),
  ('tenant.audit', 'read what happened across tenants'),
  ('tenant.impersonate', 'act as a member of a tenant, within limits and in sight of it'),
  ('tenant.break_glass', 'administer a tenant at once, and be judged for it'),
  ('platform.grant', 'grant and revoke platform roles'),
  ('incident.read', 'read incidents: the tenant''s, or with a platform role the platform''s'),
  ('incident.manage', 'raise incidents, and work on them until they are closed');

update identity.permission
set under_impersonation = true
where permission in ('attendance.read', 'member.read', 'member.manage', 'site.manage', 'schedule.manage', 'device.manage', 'incident.read');
update identity.permission
set under_break_glass = true
where permission in ('member.read', 'member.manage', 'role.grant', 'site.manage', 'setting.manage', 'device.manage');
update identity.permission
set mfa_at_least = 2
where permission in ('tenant.impersonate', 'tenant.break_glass', 'platform.grant');

insert into identity.role (role, platform, level, meaning) values
  ('student', 'school', 0, 'reads the own record'),
  ('guardian', 'school', 0, 'reads a child''s record'),
  ('faculty', 'school', 20, 'takes the registers of the own class groups'),
  ('attendance_officer', 'school', 40, 'looks after attendance'),
  ('school_admin', 'school', 80, 'administers the school'),
  ('employee', 'corporate', 0, 'reads the own record'),
  ('manager', 'corporate', 30, 'looks after a department'),
  ('hr', 'corporate', 50, 'looks after people and their records'),
  ('corporate_admin', 'corporate', 80, 'administers the company'),
  ('device', 'any', 10, 'what a kiosk or gate may do: check in and out whoever comes to it'),
  ('platform_operator', 'platform', 90, 'operates tenants'),
  ('platform_auditor', 'platform', 90, 'reads across tenants, changes nothing'),
  ('superadmin', 'platform', 100, 'creates and operates tenants');

insert into identity.role_permission (role, permission)
select r.role, p.permission
from identity.role as r
inner join identity.permission as p on p.permission = any (
  case r.role
    when 'faculty' then array['attendance.read', 'attendance.verify', 'correction.request', 'register.take', 'member.read']
    when 'attendance_officer' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'member.read',
      'attendance.finalize', 'correction.request', 'correction.decide', 'leave.manage', 'incident.read', 'incident.manage', 'metrics.report'
    ]
    when 'school_admin' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'schedule.manage', 'member.read', 'member.manage', 'role.grant', 'role.review', 'site.manage',
      'setting.manage', 'device.manage', 'simulation.run', 'audit.read', 'support.review',
      'attendance.finalize', 'correction.request', 'correction.decide', 'period.manage', 'leave.manage', 'incident.read', 'incident.manage', 'metrics.read', 'metrics.report'
    ]
    when 'manager' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'register.take', 'schedule.manage', 'member.read',
      'correction.request', 'correction.decide', 'leave.manage'
    ]
    when 'hr' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'schedule.manage', 'member.read', 'member.manage',
      'attendance.finalize', 'correction.request', 'correction.decide', 'period.manage', 'leave.manage', 'audit.read',
      'incident.read', 'incident.manage', 'metrics.report'
    ]
    when 'corporate_admin' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'schedule.manage', 'member.read', 'member.manage', 'role.grant', 'role.review', 'site.manage',
      'setting.manage', 'device.manage', 'simulation.run', 'audit.read', 'support.review', 'metrics.read', 'metrics.report',
      'attendance.finalize', 'correction.request', 'correction.decide', 'period.manage', 'leave.manage', 'incident.read', 'incident.manage'
    ]
    when 'device' then array['attendance.capture', 'metrics.report']
    when 'platform_operator' then array['tenant.operate', 'tenant.audit', 'tenant.impersonate', 'incident.read', 'incident.manage']
    when 'platform_auditor' then array['tenant.audit', 'incident.read']
    when 'superadmin' then array[
      'tenant.create', 'tenant.operate', 'tenant.audit', 'tenant.impersonate', 'tenant.break_glass', 'platform.grant',
      'incident.read', 'incident.manage'
    ]
    else array[]::text[]
  end
);

commit;
