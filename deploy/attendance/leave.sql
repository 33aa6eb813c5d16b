-- Deploy smartattend:attendance/leave to pg
begin;
set local role smartattend_owner;

create table attendance.leave (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  subject_id uuid not null,
  kind text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  code text not null,
  reason text not null,
  approver_id uuid not null,
  approved_at timestamptz not null default core.clock(),
  replaces_id uuid,
  withdrawn_at timestamptz,
  withdrawer_id uuid,
  withdrawal_reason text,
  constraint leave_pkey primary key (tenant_id, id),
  constraint a_cover_names_person_kind_and_code unique (tenant_id, id, subject_id, kind, code),
  constraint leave_is_of_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint leave_has_a_code foreign key (tenant_id, code) references attendance.code (tenant_id, code),
  constraint leave_is_approved_by_a_member foreign key (tenant_id, approver_id) references identity.membership (tenant_id, user_id),
  constraint leave_is_withdrawn_by_a_member foreign key (tenant_id, withdrawer_id) references identity.membership (tenant_id, user_id),
  constraint it_replaces_another foreign key (tenant_id, replaces_id) references attendance.leave (tenant_id, id),
  constraint kind_is_known check (kind in ('leave', 'future_absence')),
  constraint it_ends_after_it_starts check (ends_at > starts_at),
  constraint it_is_finite check (isfinite(starts_at) and isfinite(ends_at)),
  constraint approver_is_not_the_subject check (approver_id <> subject_id),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint a_withdrawal_is_whole check (num_nulls(withdrawn_at, withdrawer_id, withdrawal_reason) in (0, 3)),
  constraint withdrawal_reason_says_something check (core.is_reason(withdrawal_reason)),
  constraint leaves_of_a_person_do_not_overlap exclude using gist (
    tenant_id with =, subject_id with =, tstzrange(starts_at, ends_at) with &&
  ) where (withdrawn_at is null)
);
comment on table attendance.leave is
  'When a person need not come: approved leave, or an absence that was announced. Half-open instants; what is approved never changes: another content is a new row that replaces the withdrawn one.';
comment on column attendance.leave.kind is 'leave: approved time off; future_absence: announced by the person, a guardian or an office. Both prefill the roll.';
comment on column attendance.leave.code is 'The verdict that it prefills: a code of a category that excuses (attendance.category.is_excuse).';
create index leave_subject on attendance.leave (tenant_id, subject_id, starts_at);

create function attendance.guard_leave()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    if old.withdrawn_at is not null
      or new.withdrawn_at is null
      or (to_jsonb(new) - '{withdrawn_at,withdrawer_id,withdrawal_reason}'::text[])
      <> (to_jsonb(old) - '{withdrawn_at,withdrawer_id,withdrawal_reason}'::text[])
    then
      perform core.fail('SA020', 'another content of a leave', 'a leave that is withdrawn once, and a new one');
    end if;
  elsif not exists (
    select from attendance.code as c
    inner join attendance.category as g on g.category = c.category
    where c.tenant_id = new.tenant_id and c.code = new.code and g.is_excuse
  ) then
    perform core.fail('SA111', 'code ' || new.code, 'a code of a category that excuses');
  end if;
  return new;
end $$;
comment on function attendance.guard_leave() is 'A leave has a code that excuses, and is withdrawn once; nothing else of it changes.';
create trigger leave_100_guard
before insert or update on attendance.leave
for each row execute function attendance.guard_leave();
create trigger leave_100_kept
before delete on attendance.leave
for each row execute function core.refuse_change('kept');
create trigger leave_100_no_truncate
before truncate on attendance.leave
for each statement execute function core.refuse_change('kept');
alter table attendance.leave enable always trigger leave_100_guard;
alter table attendance.leave enable always trigger leave_100_kept;
alter table attendance.leave enable always trigger leave_100_no_truncate;

create function attendance.leave_of(subject_id uuid, starts_at timestamptz, ends_at timestamptz)
returns attendance.leave
language sql
stable
as $$
  -- Live leaves of a person never overlap: they cover the stretch if their parts of it add up to all of it.
  select f.first
  from (
    select
      (array_agg(l order by l.starts_at))[1] as first,
      sum(least(l.ends_at, leave_of.ends_at) - greatest(l.starts_at, leave_of.starts_at)) as covered
    from attendance.leave as l
    where l.tenant_id = (select core.bound_tenant())
      and l.subject_id = leave_of.subject_id
      and l.starts_at < leave_of.ends_at
      and l.ends_at > leave_of.starts_at
      and l.withdrawn_at is null
  ) as f
  where f.covered = leave_of.ends_at - leave_of.starts_at
$$;
comment on function attendance.leave_of(uuid, timestamptz, timestamptz) is
  'The live leave or future absence that covers all of a stretch for a person of the bound tenant (the first, when several follow each other without a gap), otherwise null: who is away for a part of a session is expected in it.';

commit;
