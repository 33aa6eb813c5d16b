-- Deploy smartattend:attendance/substitute to pg
begin;
set local role smartattend_owner;

create table attendance.substitute (
  tenant_id uuid not null,
  session_id uuid not null,
  user_id uuid not null,
  appointed_at timestamptz not null default core.clock(),
  appointed_by uuid not null,
  withdrawn_at timestamptz,
  constraint substitute_pkey primary key (tenant_id, session_id, user_id),
  constraint substitute_is_for_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint substitute_is_appointed_by_a_member foreign key (tenant_id, appointed_by) references identity.membership (tenant_id, user_id),
  constraint substitute_is_a_member foreign key (tenant_id, user_id) references identity.membership (tenant_id, user_id)
);
comment on table attendance.substitute is
  'Who stands in for the teacher of one session: takes and reads its register without a role in the unit.';
create index substitute_user on attendance.substitute (tenant_id, user_id);

create trigger substitute_100_kept
before delete on attendance.substitute
for each row execute function core.refuse_change('kept');
create trigger substitute_100_no_truncate
before truncate on attendance.substitute
for each statement execute function core.refuse_change('kept');
alter table attendance.substitute enable always trigger substitute_100_kept;
alter table attendance.substitute enable always trigger substitute_100_no_truncate;

create function attendance.takes_register(session_id uuid, unit_id uuid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select identity.holds('register.take', takes_register.unit_id) or exists (
    select from attendance.substitute as s
    where s.tenant_id = core.bound_tenant()
      and s.session_id = takes_register.session_id
      and s.user_id = (core.actor()).user_id
      and s.withdrawn_at is null
  )
$$;
comment on function attendance.takes_register(uuid, uuid) is
  'Whether the bound actor takes the register of a session of a unit: by the permission register.take there, or as its substitute.';

commit;
