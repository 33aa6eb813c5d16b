-- Deploy smartattend:attendance/register to pg
begin;
set local role smartattend_owner;

create table attendance.register (
  tenant_id uuid not null,
  session_id uuid not null,
  state text not null default 'scheduled',
  state_via text not null default 'schedule',
  state_reason text,
  constraint register_pkey primary key (tenant_id, session_id),
  constraint register_belongs_to_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason))
);
comment on table attendance.register is 'The roll of a session. One that was not submitted was not taken: nobody is absent by it, and nobody present.';

create table attendance.register_transition (
  tenant_id uuid not null,
  object_id uuid not null,
  id uuid not null default core.uuid_v7(),
  from_state text,
  to_state text not null,
  via text not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint register_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_register foreign key (tenant_id, object_id) references attendance.register (tenant_id, session_id)
);
comment on table attendance.register_transition is 'The history of registers, written by core.judge_transition.';
create index register_transition_object on attendance.register_transition (tenant_id, object_id);

insert into core.machine (machine, title, relation) values ('register', 'Register of a session', 'attendance.register');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('register', 'scheduled', true, false, 'planned; nobody is marked'),
  ('register', 'open', false, false, 'being taken'),
  ('register', 'submitted', false, false, 'taken; everybody on the roll has a mark'),
  ('register', 'closed', false, true, 'final'),
  ('register', 'cancelled', false, true, 'the session did not take place');
insert into core.transition (machine, from_state, to_state, via, permission, requires_reason, system_only, guard) values
  ('register', null, 'scheduled', 'schedule', 'schedule.manage', false, false, null),
  ('register', 'scheduled', 'open', 'open', 'register.take', false, false, null),
  ('register', 'open', 'submitted', 'submit', 'register.take', false, false, 'every expected person is marked, or a default code is given'),
  ('register', 'submitted', 'open', 'reopen', 'register.reopen', true, false, null),
  ('register', 'submitted', 'closed', 'close', null, false, true, null),
  ('register', 'scheduled', 'cancelled', 'cancel', 'schedule.manage', true, false, null),
  ('register', 'open', 'cancelled', 'cancel', 'schedule.manage', true, false, null);

create trigger register_800_judge_transition
after insert or update on attendance.register
for each row execute function core.judge_transition('register', 'session_id');
alter table attendance.register enable always trigger register_800_judge_transition;

commit;
