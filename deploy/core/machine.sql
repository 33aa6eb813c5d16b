-- Deploy smartattend:core/machine to pg
begin;
set local role smartattend_owner;

create table core.machine (
  machine text not null,
  title text not null,
  relation text not null,
  constraint machine_pkey primary key (machine),
  constraint name_is_snake_case check (machine ~ '^[a-z][a-z_]+$')
);
comment on table core.machine is 'The state machines. Each governs the columns state, state_via and state_reason of one table.';
comment on column core.machine.relation is 'schema.table whose rows the machine governs.';

create table core.state (
  machine text not null,
  state text not null,
  is_initial boolean not null default false,
  is_terminal boolean not null default false,
  meaning text not null,
  constraint state_pkey primary key (machine, state),
  constraint state_belongs_to_a_machine foreign key (machine) references core.machine (machine),
  constraint state_is_a_lower_case_word check (state ~ '^[a-z][a-z_]+$')
);
comment on table core.state is 'The states of each machine. A row is inserted in an initial state only; nothing leaves a terminal one.';

create table core.transition (
  machine text not null,
  from_state text,
  to_state text not null,
  via text not null,
  permission text,
  requires_reason boolean not null default false,
  distinct_actors text[] not null default '{}',
  system_only boolean not null default false,
  guard text,
  approvals integer not null default 0,
  origin text generated always as (coalesce(from_state, '')) stored,
  constraint transition_pkey primary key (machine, origin, to_state, via),
  constraint it_starts_at_a_state foreign key (machine, from_state) references core.state (machine, state),
  constraint it_ends_at_a_state foreign key (machine, to_state) references core.state (machine, state),
  constraint it_changes_the_state check (from_state <> to_state),
  constraint approvals_are_few check (approvals between 0 and 5),
  constraint via_is_a_lower_case_word check (via ~ '^[a-z][a-z_]+$')
);
comment on table core.transition is 'The legal transitions, as data: what is not a row here cannot happen.';
comment on column core.transition.from_state is 'Null for the creation of a row.';
comment on column core.transition.permission is 'What the procedure requires of the session, by identity.require.';
comment on column core.transition.distinct_actors is 'Columns of the row whose person must not be the actor.';
comment on column core.transition.guard is 'In words: what the procedure checks besides.';
comment on column core.transition.approvals is 'How many different people must have approved before it happens.';
comment on column core.transition.origin is 'from_state, with the empty text for creation, so that it can be part of the key.';

commit;
