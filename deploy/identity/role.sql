-- Deploy smartattend:identity/role to pg
begin;
set local role smartattend_owner;

create table identity.permission (
  permission text not null,
  meaning text not null,
  constraint permission_pkey primary key (permission),
  constraint permission_is_object_dot_action check (permission ~ '^[a-z]+[.][a-z_]+$')
);
comment on table identity.permission is 'What can be allowed.';

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
  ('tenant.create', 'create tenants'),
  ('tenant.operate', 'move tenants through their lifecycle'),
  ('tenant.audit', 'read what happened across tenants');

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
      'attendance.finalize', 'correction.request', 'correction.decide', 'leave.manage'
    ]
    when 'school_admin' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'schedule.manage', 'member.read', 'member.manage', 'role.grant', 'role.review', 'site.manage',
      'setting.manage', 'device.manage', 'simulation.run',
      'attendance.finalize', 'correction.request', 'correction.decide', 'period.manage', 'leave.manage'
    ]
    when 'manager' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'register.take', 'schedule.manage', 'member.read',
      'correction.request', 'correction.decide', 'leave.manage'
    ]
    when 'hr' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'schedule.manage', 'member.read', 'member.manage',
      'attendance.finalize', 'correction.request', 'correction.decide', 'period.manage', 'leave.manage'
    ]
    when 'corporate_admin' then array[
      'attendance.capture', 'attendance.read', 'attendance.verify', 'attendance.flag', 'attendance.void', 'attendance.import',
      'register.take', 'register.reopen', 'schedule.manage', 'member.read', 'member.manage', 'role.grant', 'role.review', 'site.manage',
      'setting.manage', 'device.manage', 'simulation.run',
      'attendance.finalize', 'correction.request', 'correction.decide', 'period.manage', 'leave.manage'
    ]
    when 'device' then array['attendance.capture']
    when 'platform_operator' then array['tenant.operate', 'tenant.audit']
    when 'platform_auditor' then array['tenant.audit']
    when 'superadmin' then array['tenant.create', 'tenant.operate', 'tenant.audit']
    else array[]::text[]
  end
);

commit;
