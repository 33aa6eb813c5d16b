-- Deploy smartattend:attendance/period to pg
begin;
set local role smartattend_owner;

create table attendance.period (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  code text not null,
  name text not null,
  kind text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null default 'open',
  state_via text not null default 'define',
  state_reason text,
  waits_for xid[],
  constraint period_pkey primary key (tenant_id, id),
  constraint period_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint code_is_unique_in_the_tenant unique (tenant_id, code),
  constraint code_is_clean check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint kind_is_known check (kind in ('pay_period', 'term')),
  constraint it_ends_after_it_begins check (ends_at > starts_at),
  constraint it_lasts_a_bounded_time check (isfinite(starts_at) and isfinite(ends_at)),
  constraint reason_says_something check (state_reason is null or core.is_reason(state_reason)),
  constraint only_a_closing_period_waits check (waits_for is null or state = 'closing'),
  constraint periods_do_not_overlap exclude using gist (tenant_id with =, tstzrange(starts_at, ends_at, '[)') with &&)
);
comment on table attendance.period is
  'Pay periods and terms: what is accounted together, and closed together. A record belongs to the period that holds its accounted_at, from starts_at up to but without ends_at, to the microsecond; one that no period holds is open.';
comment on column attendance.period.waits_for is
  'The transactions that wrote attendance when closing had been committed, noted by the first freeze that met any: the totals wait for their end.';
-- What every write of a record looks into: it holds only what is shut, so that the usual answer is an empty range.
create index period_shut on attendance.period (tenant_id, ends_at, starts_at) where state <> 'open';
create index period_starts_at on attendance.period (tenant_id, starts_at, ends_at);

create table attendance.period_transition (
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
  constraint period_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_period foreign key (tenant_id, object_id) references attendance.period (tenant_id, id)
);
comment on table attendance.period_transition is 'The history of periods, written by core.judge_transition.';
create index period_transition_object on attendance.period_transition (tenant_id, object_id);

insert into core.machine (machine, title, relation) values ('period', 'Pay period or term', 'attendance.period');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('period', 'open', true, false, 'records are made and changed'),
  ('period', 'closing', false, false, 'no new writes but corrections by who manages periods, and flags; totals are not made yet'),
  ('period', 'closed', false, true, 'totals are frozen; a correction becomes an adjustment of an open period');
insert into core.transition (machine, from_state, to_state, via, permission, requires_reason, guard) values
  ('period', null, 'open', 'define', 'period.manage', false, 'it overlaps no other period'),
  ('period', 'open', 'closing', 'close', 'period.manage', false, 'it has ended'),
  ('period', 'closing', 'open', 'reopen', 'period.manage', true, null),
  ('period', 'closing', 'closed', 'freeze', 'period.manage', false, 'every writer that was in flight when closing was committed has ended');

create function attendance.refuse_move()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  perform core.fail('SA022', format('%s.%s moved in time', tg_table_schema, tg_table_name), tg_argv[0]);
  return null;
end $$;
comment on function attendance.refuse_move() is
  'Refuses what would carry records over the boundary of a period that is shut: its bounds stay, and so does the instant that a record is accounted at. The argument says what is expected.';

create trigger period_100_kept
before delete on attendance.period
for each row execute function core.refuse_change('kept');
create trigger period_100_no_truncate
before truncate on attendance.period
for each statement execute function core.refuse_change('kept');
create trigger period_100_bounds_stay
before update on attendance.period
for each row
when (
  (old.state <> 'open' or new.state <> 'open') and (new.starts_at, new.ends_at, new.kind, new.code) <> (old.starts_at, old.ends_at, old.kind, old.code)
  or (new.tenant_id, new.id) <> (old.tenant_id, old.id)
)
execute function attendance.refuse_move('the code, kind and bounds that it had when it was open');
create trigger period_800_judge_transition
after insert or update on attendance.period
for each row execute function core.judge_transition('period', 'id');
alter table attendance.period enable always trigger period_100_kept;
alter table attendance.period enable always trigger period_100_no_truncate;
alter table attendance.period enable always trigger period_100_bounds_stay;
alter table attendance.period enable always trigger period_800_judge_transition;

create trigger period_transition_100_append_only
before update or delete on attendance.period_transition
for each row execute function core.refuse_change();
create trigger period_transition_100_no_truncate
before truncate on attendance.period_transition
for each statement execute function core.refuse_change();
alter table attendance.period_transition enable always trigger period_transition_100_append_only;
alter table attendance.period_transition enable always trigger period_transition_100_no_truncate;

create function attendance.period_at(accounted_at timestamptz)
returns attendance.period
language sql
stable
as $$
  select p.*
  from attendance.period as p
  where p.tenant_id = core.bound_tenant()
    and p.starts_at <= period_at.accounted_at
    and p.ends_at > period_at.accounted_at
  order by p.starts_at desc
  limit 1
$$;
comment on function attendance.period_at(timestamptz) is
  'The period of the bound tenant that holds an instant, from its start up to but without its end; null when none does, and then attendance is open.';

commit;
