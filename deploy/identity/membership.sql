-- Deploy smartattend:identity/membership to pg
begin;
set local role smartattend_owner;

create table identity.membership (
  tenant_id uuid not null,
  user_id uuid not null,
  member_number text not null,
  kind text not null,
  display_name text not null,
  active_from timestamptz not null default core.clock(),
  active_until timestamptz,
  created_at timestamptz not null default core.clock(),
  constraint membership_pkey primary key (tenant_id, user_id),
  constraint member_number_is_unique_in_the_tenant unique (tenant_id, member_number),
  constraint membership_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint membership_belongs_to_a_user foreign key (user_id) references identity."user" (id),
  constraint kind_is_known check (kind in ('student', 'guardian', 'faculty', 'staff', 'employee', 'manager', 'hr')),
  constraint member_number_is_a_code check (core.is_code(member_number)),
  constraint display_name_is_readable check (core.is_name(display_name)),
  constraint it_ends_after_it_begins check (active_until > active_from)
);
comment on table identity.membership is
  'A person in a tenant, under a member number, active during a range. Attendance''s subject is a membership, and its row is what a command about that person locks.';
create index membership_user on identity.membership (user_id);

commit;
