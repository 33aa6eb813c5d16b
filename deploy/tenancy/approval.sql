-- Deploy smartattend:tenancy/approval to pg
begin;
set local role smartattend_owner;

create table tenancy.approval (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  stay_id uuid not null,
  via text not null,
  to_state text not null,
  approver_id uuid not null default (core.actor()).user_id,
  session_id uuid not null default (core.actor()).session_id,
  reason text not null,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint approval_pkey primary key (tenant_id, id),
  constraint it_is_given_in_a_stay foreign key (tenant_id, stay_id) references tenancy.tenant_transition (tenant_id, id),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table tenancy.approval is
  'That a person of the platform approved a move of a tenant. It counts for 72 hours, and only while the tenant has not moved since: it names the transition by which the tenant came into the state that it was in.';
create index approval_stay on tenancy.approval (tenant_id, stay_id);

create trigger approval_100_append_only
before update or delete on tenancy.approval
for each row execute function core.refuse_change('outlives');
create trigger approval_100_no_truncate
before truncate on tenancy.approval
for each statement execute function core.refuse_change('outlives');
alter table tenancy.approval enable always trigger approval_100_append_only;
alter table tenancy.approval enable always trigger approval_100_no_truncate;

alter table tenancy.approval enable row level security;
alter table tenancy.approval force row level security;
create policy owner_reads_the_bound_tenant on tenancy.approval
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy owner_adds_to_the_bound_tenant on tenancy.approval
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant()));

create function tenancy.stays(tenant_id uuid)
returns setof tenancy.tenant_transition
language sql
stable
as $$
  select t.*
  from tenancy.tenant_transition as t
  where t.tenant_id = stays.tenant_id
  order by t.recorded_at desc, t.id desc
$$;
comment on function tenancy.stays(uuid) is 'The moves of a tenant, the last one first: by it the tenant came into its present state.';

create function tenancy.find_move(state text, via text, to_state text)
returns core.transition
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_moves core.transition[] := array(
    select t
    from core.transition as t
    where t.machine = 'tenant'
      and t.from_state = find_move.state
      and t.via = find_move.via
      and (find_move.to_state is null or t.to_state = find_move.to_state)
    order by t.to_state
  );
begin
  if cardinality(v_moves) > 1 then
    perform core.fail(
      'SA010', 'to_state null', 'to_state => one of ' || (select string_agg(m.to_state, ', ' order by m.to_state) from unnest(v_moves) as m)
    );
  end if;
  return v_moves[1];
end $$;
comment on function tenancy.find_move(text, text, text) is
  'The legal move of a tenant from a state, null when there is none; SA010 when it leads to two states and nobody said which.';

commit;
