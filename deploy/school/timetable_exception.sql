-- Deploy smartattend:school/timetable_exception to pg
begin;
set local role smartattend_owner;

create table school.timetable_exception (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  timetable_id uuid not null,
  on_date date not null,
  change text not null,
  reason text not null,
  to_date date,
  to_start time,
  to_end time,
  to_site_id uuid,
  room text,
  substitute_id uuid,
  withdrawn_at timestamptz,
  created_at timestamptz not null default core.clock(),
  constraint timetable_exception_pkey primary key (tenant_id, id),
  constraint a_slot_has_one_exception_a_day unique (tenant_id, timetable_id, on_date),
  constraint exception_is_of_a_slot foreign key (tenant_id, timetable_id) references school.timetable (tenant_id, id),
  constraint it_moves_to_a_site foreign key (tenant_id, to_site_id) references tenancy.site (tenant_id, id),
  constraint substitute_is_a_member foreign key (tenant_id, substitute_id) references identity.membership (tenant_id, user_id),
  constraint change_is_known check (change in ('cancelled', 'moved', 'substituted')),
  constraint dates_are_finite check (isfinite(on_date) and isfinite(to_date)),
  constraint a_move_in_time_is_whole check (num_nulls(to_date, to_start, to_end) in (0, 3) and (to_site_id is null or to_start is not null)),
  constraint only_a_move_goes_elsewhere check (
    case change when 'moved' then num_nonnulls(to_start, room) > 0 else num_nonnulls(to_start, room) = 0 end
  ),
  constraint a_substitution_names_somebody check (
    case change when 'substituted' then substitute_id is not null when 'cancelled' then substitute_id is null else true end
  ),
  constraint it_ends_after_it_starts check (to_end > to_start),
  constraint it_is_on_one_day check (to_end < '24:00'),
  constraint room_is_readable check (core.is_name(room)),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table school.timetable_exception is
  'What is otherwise on one day than the timetable says: a slot that is cancelled, moved (to another time, site or room) or taken by a substitute. A slot that moves in time is a new session, which names the cancelled one; with only another room it stays the same session.';
create index timetable_exception_to_date on school.timetable_exception (tenant_id, to_date);

create trigger timetable_exception_100_kept
before delete on school.timetable_exception
for each row execute function core.refuse_change('kept');
create trigger timetable_exception_100_no_truncate
before truncate on school.timetable_exception
for each statement execute function core.refuse_change('kept');
alter table school.timetable_exception enable always trigger timetable_exception_100_kept;
alter table school.timetable_exception enable always trigger timetable_exception_100_no_truncate;

alter table school.timetable_exception enable row level security;
alter table school.timetable_exception force row level security;
create policy owner_reads_the_bound_tenant on school.timetable_exception
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on school.timetable_exception
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on school.timetable_exception
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

revoke all on school.timetable_exception from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;

commit;
