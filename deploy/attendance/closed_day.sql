-- Deploy smartattend:attendance/closed_day to pg
begin;
set local role smartattend_owner;

create table attendance.closed_day (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  code text not null,
  name text not null,
  site_id uuid,
  starts_on date not null,
  ends_on date not null,
  withdrawn_at timestamptz,
  created_at timestamptz not null default core.clock(),
  constraint closed_day_pkey primary key (tenant_id, id),
  constraint closed_day_code_is_unique unique (tenant_id, code),
  constraint closed_day_is_of_a_site foreign key (tenant_id, site_id) references tenancy.site (tenant_id, id),
  constraint code_is_a_code check (core.is_code(code)),
  constraint name_is_readable check (core.is_name(name)),
  constraint it_ends_after_it_starts check (ends_on > starts_on),
  constraint dates_are_finite check (isfinite(starts_on) and isfinite(ends_on))
);
comment on table attendance.closed_day is
  'Days on which a site, or the whole tenant (site null), is closed: holidays. Timetables make no sessions on them; rosters decide for themselves.';
comment on column attendance.closed_day.ends_on is 'The first day that is open again.';
create index closed_day_starts_on on attendance.closed_day (tenant_id, starts_on);

create trigger closed_day_100_kept
before delete on attendance.closed_day
for each row execute function core.refuse_change('kept');
create trigger closed_day_100_no_truncate
before truncate on attendance.closed_day
for each statement execute function core.refuse_change('kept');
alter table attendance.closed_day enable always trigger closed_day_100_kept;
alter table attendance.closed_day enable always trigger closed_day_100_no_truncate;

alter table attendance.closed_day enable row level security;
alter table attendance.closed_day force row level security;
create policy owner_reads_the_bound_tenant on attendance.closed_day
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on attendance.closed_day
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on attendance.closed_day
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy a_session_reads_its_tenant on attendance.closed_day
for select to smartattend_app
using (tenant_id = (select identity.session_tenant('ordinary_read')));

revoke all on attendance.closed_day from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on attendance.closed_day to smartattend_app;

create function attendance.is_closed(site_id uuid, day date)
returns boolean
language sql
stable
as $$
  select exists (
    select from attendance.closed_day as c
    where c.tenant_id = (select core.bound_tenant())
      and (c.site_id = is_closed.site_id or c.site_id is null)
      and c.starts_on <= is_closed.day
      and c.ends_on > is_closed.day
      and c.withdrawn_at is null
  )
$$;
comment on function attendance.is_closed(uuid, date) is 'Whether a site of the bound tenant is closed on a day.';

commit;
