-- Deploy smartattend:access/revalidation to pg
begin;
set local role smartattend_owner;

create table access.revalidation (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  grant_id uuid not null,
  user_id uuid not null,
  source text not null,
  overdue_action text not null,
  queued_at timestamptz not null default core.clock(),
  due_at timestamptz not null,
  overdue_at timestamptz not null,
  suspended_at timestamptz,
  certifier_id uuid,
  state text not null default 'queued',
  state_via text not null default 'queue',
  state_reason text,
  constraint revalidation_pkey primary key (tenant_id, id),
  constraint revalidation_is_of_a_grant foreign key (tenant_id, grant_id) references identity.role_grant (tenant_id, id),
  constraint holder_is_a_member foreign key (tenant_id, user_id) references identity.membership (tenant_id, user_id),
  constraint certifier_is_a_member foreign key (tenant_id, certifier_id) references identity.membership (tenant_id, user_id),
  constraint source_is_known check (source in ('schedule', 'job_change', 'tenant_change', 'escalation', 'unused', 'break_glass')),
  constraint overdue_action_is_known check (overdue_action in ('alert', 'suspend', 'revoke')),
  constraint it_is_due_before_it_is_overdue check (overdue_at > due_at),
  constraint certifier_is_not_the_holder check (certifier_id <> user_id),
  constraint whoever_certifies_is_named check ((state in ('queued', 'due', 'overdue')) = (certifier_id is null)),
  constraint what_is_suspended_was_overdue check (suspended_at >= overdue_at)
);
comment on table access.revalidation is
  'Grants to be looked at again by somebody else than their holder: periodically, and when something happened. What is overdue has the consequence that the role''s rule names.';
create unique index a_grant_is_looked_at_once_at_a_time on access.revalidation (tenant_id, grant_id) where state in ('queued', 'due', 'overdue');
-- The condition always holds. It keeps this index from being chosen for the look-up of a row by its key, which costs the same by any index as long
-- as statistics say that the table is empty: then the first scan would compare each of thousands of rows with all others.
create index revalidation_grant on access.revalidation (tenant_id, grant_id, queued_at) where grant_id is not null;
create index revalidation_open on access.revalidation (tenant_id, due_at) where state in ('queued', 'due', 'overdue');

create table access.revalidation_transition (
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
  constraint revalidation_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_revalidation foreign key (tenant_id, object_id) references access.revalidation (tenant_id, id)
);
comment on table access.revalidation_transition is 'The history of revalidations, written by core.judge_transition.';
create index revalidation_transition_object on access.revalidation_transition (tenant_id, object_id);

create trigger revalidation_100_kept
before delete on access.revalidation
for each row execute function core.refuse_change('kept');
create trigger revalidation_100_no_truncate
before truncate on access.revalidation
for each statement execute function core.refuse_change('kept');
create trigger revalidation_transition_100_append_only
before update or delete on access.revalidation_transition
for each row execute function core.refuse_change();
create trigger revalidation_transition_100_no_truncate
before truncate on access.revalidation_transition
for each statement execute function core.refuse_change();
alter table access.revalidation enable always trigger revalidation_100_kept;
alter table access.revalidation enable always trigger revalidation_100_no_truncate;
alter table access.revalidation_transition enable always trigger revalidation_transition_100_append_only;
alter table access.revalidation_transition enable always trigger revalidation_transition_100_no_truncate;

create function access.keep_revalidation()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_said constant text[] := array['state', 'state_via', 'state_reason', 'certifier_id', 'suspended_at'];
begin
  if to_jsonb(new) - v_said <> to_jsonb(old) - v_said or (old.suspended_at is not null and new.suspended_at is distinct from old.suspended_at) then
    perform core.fail('SA020', 'update of access.revalidation', 'a verdict, or once that the grant is suspended');
  end if;
  return new;
end $$;
comment on function access.keep_revalidation() is 'Of a revalidation only the verdict and, once, the suspension are written. Error SA020.';
create trigger revalidation_100_stays_as_it_was_queued
before update on access.revalidation
for each row execute function access.keep_revalidation();
alter table access.revalidation enable always trigger revalidation_100_stays_as_it_was_queued;

insert into core.machine (machine, title, relation) values ('revalidation', 'Revalidation of a grant', 'access.revalidation');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('revalidation', 'queued', true, false, 'to be looked at, not yet due'),
  ('revalidation', 'due', false, false, 'to be looked at now'),
  ('revalidation', 'overdue', false, false, 'nobody looked in time; the rule''s consequence has come'),
  ('revalidation', 'certified', false, true, 'the grant is right as it is; a suspended one is in effect again'),
  ('revalidation', 'modified', false, true, 'the grant ends earlier; a suspended one is in effect again until then'),
  ('revalidation', 'revoked', false, true, 'the grant was taken away');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
select 'revalidation', t.from_state, t.to_state, t.via, t.permission, t.requires_reason, t.distinct_actors::text[], t.system_only, t.guard
from (
  values
    (null, 'queued', 'queue', null, false, '{}', false, 'one at a time for each grant'),
    ('queued', 'due', 'fall_due', null, false, '{}', true, 'its day has come'),
    ('due', 'overdue', 'fall_overdue', null, false, '{}', true, 'its grace is over')
) as t (from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
union all
select 'revalidation', s.state, v.to_state, v.via, 'role.review', v.requires_reason, '{user_id}', false, v.guard
from unnest(array['queued', 'due', 'overdue']) as s (state)
cross join (
  values ('certified', 'certify', false, null), ('modified', 'modify', true, 'an earlier end'), ('revoked', 'revoke', true, 'not the last administrator')
) as v (to_state, via, requires_reason, guard);
create trigger revalidation_800_judge_transition
after insert or update on access.revalidation
for each row execute function core.judge_transition('revalidation', 'id');
alter table access.revalidation enable always trigger revalidation_800_judge_transition;

create function access.queue_revalidation(source text, grants identity.role_grant[], due_at timestamptz default core.clock())
returns bigint
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  with queued as (
    insert into access.revalidation (tenant_id, grant_id, user_id, source, overdue_action, due_at, overdue_at)
    select
      g.tenant_id, g.id, g.user_id, queue_revalidation.source, r.overdue_action, queue_revalidation.due_at,
      queue_revalidation.due_at + interval '14 days'
    from unnest(queue_revalidation.grants) as g
    inner join access.role_rule as r on r.role = g.role
    on conflict (tenant_id, grant_id) where state in ('queued', 'due', 'overdue') do nothing
    returning 1
  )
  select count(*) from queued
$$;
comment on function access.queue_revalidation(text, identity.role_grant[], timestamptz) is
  'Has grants looked at again, due at that instant and overdue 14 days later; those that wait for it already wait once.';

commit;
