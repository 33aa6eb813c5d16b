-- Deploy smartattend:attendance/expectation to pg
begin;
set local role smartattend_owner;

create table attendance.expectation (
  tenant_id uuid not null,
  subject_id uuid not null,
  session_id uuid not null,
  source text not null,
  unit_id uuid not null,
  business_date date not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  late_after timestamptz not null,
  withdrawn_at timestamptz,
  is_required boolean not null default true,
  code text,
  leave_id uuid,
  covered_source text,
  constraint expectation_pkey primary key (tenant_id, session_id, subject_id),
  constraint expectation_is_for_a_session foreign key (tenant_id, session_id) references attendance.session (tenant_id, id),
  constraint expectation_is_of_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint source_is_known check (source in ('timetable', 'shift', 'leave', 'future_absence', 'manual')),
  constraint a_leave_covers_a_plan check (covered_source in ('timetable', 'shift')),
  constraint a_cover_is_whole check (
    num_nulls(leave_id, covered_source, code) in (0, 3) and (leave_id is null) = (source not in ('leave', 'future_absence'))
  ),
  constraint a_cover_is_the_persons_own_leave foreign key (tenant_id, leave_id, subject_id, source, code)
    references attendance.leave (tenant_id, id, subject_id, kind, code),
  constraint the_window_lasts_at_most_48_hours check (closes_at - opens_at <= interval '48 hours')
);
comment on table attendance.expectation is
  'Who should be where. The session''s times are copied, so that a check-in finds its session by one index and no join: windows last at most 48 hours, which bounds the search.';
comment on column attendance.expectation.is_required is 'False for who is on call: a check-in matches, but who does not come is not absent, and no register waits for a mark.';
comment on column attendance.expectation.code is 'The verdict that the roll is prefilled with, by leave; null: nothing is prefilled.';
comment on column attendance.expectation.covered_source is 'What the leave covers, and what the source is again when the leave is withdrawn.';
create index expectation_subject_opens_at on attendance.expectation (tenant_id, subject_id, opens_at);

create function attendance.cover(subject_ids uuid[], starts_at timestamptz[], ends_at timestamptz[])
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_covered integer;
begin
  update attendance.expectation as e
  set source = coalesce((c.leave).kind, e.covered_source, e.source),
    covered_source = case when (c.leave).id is not null then coalesce(e.covered_source, e.source) end,
    leave_id = (c.leave).id,
    code = (c.leave).code
  from (
    select distinct x.session_id, x.subject_id
    from unnest(cover.subject_ids, cover.starts_at, cover.ends_at) as p (subject_id, starts_at, ends_at)
    cross join lateral (
      -- Windows last at most 48 hours, which bounds the search in the index.
      select o.session_id, o.subject_id
      from attendance.expectation as o
      where o.tenant_id = core.bound_tenant()
        and o.subject_id = p.subject_id
        and o.opens_at > p.starts_at - interval '48 hours'
        and o.opens_at < p.ends_at
        and o.starts_at < p.ends_at
        and o.ends_at > p.starts_at
        and o.source <> 'manual'
    ) as x
  ) as a
  inner join attendance.expectation as n
    on n.tenant_id = core.bound_tenant() and n.session_id = a.session_id and n.subject_id = a.subject_id
  cross join lateral (select attendance.leave_of(n.subject_id, n.starts_at, n.ends_at) as leave offset 0) as c
  where e.tenant_id = core.bound_tenant()
    and e.session_id = a.session_id
    and e.subject_id = a.subject_id
    and e.leave_id is distinct from (c.leave).id;
  get diagnostics v_covered = row_count;
  return v_covered;
end $$;
comment on function attendance.cover(uuid[], timestamptz[], timestamptz[]) is
  'Brings the expectations of people between two instants each (same positions) into line with their leave, and counts those that changed: wholly covered ones take its kind and code, others go back to their plan. Precedence: manual, then leave or future absence, then timetable or shift.';

commit;
