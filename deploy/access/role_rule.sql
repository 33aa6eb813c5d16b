-- Deploy smartattend:access/role_rule to pg
begin;
set local role smartattend_owner;

create table access.role_rule (
  role text not null,
  is_enabled boolean not null default true,
  min_approvals integer not null default 1,
  approver_permission text not null default 'role.grant',
  max_duration interval,
  max_holders integer,
  prerequisite text,
  requires_reason boolean not null default true,
  requires_ticket boolean not null default false,
  self_request boolean not null default true,
  cool_down interval not null default '0',
  revalidate_every interval,
  overdue_action text not null default 'alert',
  break_glass_max interval,
  lapses_after interval not null default '14 days',
  constraint role_rule_pkey primary key (role),
  constraint rule_is_of_a_role foreign key (role) references identity.role (role),
  constraint approvers_hold_a_permission foreign key (approver_permission) references identity.permission (permission),
  constraint prerequisite_is_a_role foreign key (prerequisite) references identity.role (role),
  constraint prerequisite_is_another_role check (prerequisite <> role),
  constraint approvals_are_0_to_5 check (min_approvals between 0 and 5),
  constraint duration_is_an_hour_to_ten_years check (max_duration between interval '1 hour' and interval '3660 days'),
  constraint holders_are_1_or_more check (max_holders >= 1),
  constraint cool_down_is_up_to_a_year check (cool_down between interval '0' and interval '366 days'),
  constraint revalidation_is_a_day_to_three_years check (revalidate_every between interval '1 day' and interval '1098 days'),
  constraint overdue_action_is_known check (overdue_action in ('alert', 'suspend', 'revoke')),
  constraint break_glass_is_up_to_an_hour check (break_glass_max > interval '0' and break_glass_max <= interval '60 minutes'),
  constraint it_lapses_within_a_quarter check (lapses_after between interval '1 hour' and interval '92 days')
);
comment on table access.role_rule is
  'How each role is had: how many people approve a request and what they hold, for how long, by how many at once, after which role, how often it is looked at again. Every rule that is weakened is an escalation event (E15).';
comment on column access.role_rule.min_approvals is
  '0: whoever holds the approvers'' permission and every permission of the role in that scope grants it to another person directly. Whoever asks for oneself needs one approval at least.';
comment on column access.role_rule.max_holders is 'Of one tenant, at the same time (cardinality). Null: any number.';
comment on column access.role_rule.cool_down is 'After a grant of the role has ended, the same person does not get it again for so long.';
comment on column access.role_rule.overdue_action is
  'What happens to a grant whose revalidation is overdue: nothing but an event (alert), suspended until it is certified, or revoked. The last administrator is never touched.';
comment on column access.role_rule.break_glass_max is 'Null: the role cannot be taken at once in an emergency.';
comment on column access.role_rule.lapses_after is 'A request that is not active by then lapses.';
create index role_rule_approver_permission on access.role_rule (approver_permission);

insert into access.role_rule
  (role, min_approvals, max_holders, requires_reason, self_request, cool_down, revalidate_every, overdue_action, break_glass_max)
values
  ('student', 0, null, false, false, '0', null, 'alert', null),
  ('guardian', 0, null, false, true, '0', '366 days', 'alert', null),
  ('faculty', 0, null, false, true, '0', '366 days', 'alert', null),
  ('attendance_officer', 0, null, false, true, '0', '183 days', 'suspend', '60 minutes'),
  ('school_admin', 1, 20, true, true, '1 hour', '183 days', 'suspend', '30 minutes'),
  ('employee', 0, null, false, false, '0', null, 'alert', null),
  ('manager', 0, null, false, true, '0', '366 days', 'alert', '60 minutes'),
  ('hr', 0, null, false, true, '0', '183 days', 'suspend', '60 minutes'),
  ('corporate_admin', 1, 20, true, true, '1 hour', '183 days', 'suspend', '30 minutes');

create table access.separation (
  separation text not null,
  role text not null,
  meaning text not null,
  constraint separation_pkey primary key (separation, role),
  constraint separation_names_a_role foreign key (role) references identity.role (role),
  constraint separation_is_snake_case check (separation ~ '^[a-z][a-z_]+$')
);
comment on table access.separation is
  'Static separation of duty (ANSI INCITS 359, cardinality 2): of the roles of one set a person holds one at a time, wherever in the tenant.';
create index separation_role on access.separation (role);
insert into access.separation (separation, role, meaning) values
  ('pupils_keep_no_registers', 'student', 'who is recorded does not record'),
  ('pupils_keep_no_registers', 'faculty', 'who is recorded does not record'),
  ('pupils_run_no_office', 'student', 'who is recorded does not record'),
  ('pupils_run_no_office', 'attendance_officer', 'who is recorded does not record'),
  ('pupils_administer_nothing', 'student', 'who is recorded does not record'),
  ('pupils_administer_nothing', 'school_admin', 'who is recorded does not record'),
  ('records_and_roles', 'hr', 'who corrects records does not hand out the roles that approve corrections'),
  ('records_and_roles', 'corporate_admin', 'who corrects records does not hand out the roles that approve corrections');

create function access.is_weaker(old access.role_rule, new access.role_rule)
returns boolean
language sql
immutable
as $$
  select (is_weaker.old).is_enabled and not (is_weaker.new).is_enabled
    or (is_weaker.new).min_approvals < (is_weaker.old).min_approvals
    or coalesce((is_weaker.new).max_duration, interval '10000 days') > coalesce((is_weaker.old).max_duration, interval '10000 days')
    or coalesce((is_weaker.new).max_holders, 2147483647) > coalesce((is_weaker.old).max_holders, 2147483647)
    or ((is_weaker.old).prerequisite is not null and (is_weaker.new).prerequisite is distinct from (is_weaker.old).prerequisite)
    or ((is_weaker.old).requires_reason and not (is_weaker.new).requires_reason)
    or ((is_weaker.old).requires_ticket and not (is_weaker.new).requires_ticket)
    or (not (is_weaker.old).self_request and (is_weaker.new).self_request)
    or (is_weaker.new).cool_down < (is_weaker.old).cool_down
    or coalesce((is_weaker.new).revalidate_every, interval '10000 days') > coalesce((is_weaker.old).revalidate_every, interval '10000 days')
    or array_position(array['alert', 'suspend', 'revoke'], (is_weaker.new).overdue_action)
    < array_position(array['alert', 'suspend', 'revoke'], (is_weaker.old).overdue_action)
    or coalesce((is_weaker.new).break_glass_max, interval '0') > coalesce((is_weaker.old).break_glass_max, interval '0')
$$;
comment on function access.is_weaker(access.role_rule, access.role_rule) is 'Whether a rule asks for less than it did: E15.';

commit;
