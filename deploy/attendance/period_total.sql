-- Deploy smartattend:attendance/period_total to pg
begin;
set local role smartattend_owner;

create table attendance.period_total (
  tenant_id uuid not null,
  period_id uuid not null,
  subject_id uuid not null,
  unit_id uuid,
  records integer not null,
  recorded integer not null,
  flagged integer not null,
  verified integer not null,
  voided integer not null,
  present integer not null,
  late integer not null,
  left_early integer not null,
  partial integer not null,
  absent_excused integer not null,
  absent_unexcused integer not null,
  approved_elsewhere integer not null,
  not_required integer not null,
  uncoded integer not null,
  in_denominator integer not null,
  presence_value numeric not null,
  tardies integer not null,
  without_out integer not null,
  worked_us bigint not null,
  late_us bigint not null,
  adjustments integer not null default 0,
  adjusted jsonb not null default '{}',
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint period_total_pkey primary key (tenant_id, period_id, subject_id),
  constraint total_is_of_a_period foreign key (tenant_id, period_id) references attendance.period (tenant_id, id),
  constraint total_is_of_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint every_record_has_one_state check (records = recorded + flagged + verified + voided),
  constraint every_record_that_counts_has_one_verdict check (
    recorded + verified = present + late + left_early + partial + absent_excused + absent_unexcused + approved_elsewhere + not_required + uncoded
  ),
  constraint adjustments_are_told check (adjustments > 0 or adjustments = 0 and adjusted = '{}')
);
comment on table attendance.period_total is
  'What a person''s records in a period came to when it was frozen, append-only. Recorded and verified records count; flagged and voided ones are told by number only. The verdicts, denominator, presence value, tardies and times are those of the records that count.';
comment on column attendance.period_total.unit_id is 'The unit of all these records; null when there are several, or none.';
comment on column attendance.period_total.without_out is 'Arrivals without a departure: their time is not known and not in worked_us.';
comment on column attendance.period_total.worked_us is 'Microseconds from arrival to departure; differences of instants, so that a night over a change of clocks has its true length.';
comment on column attendance.period_total.late_us is 'Microseconds from the start of the session to the arrival, of records whose verdict counts as tardy.';
comment on column attendance.period_total.adjusted is 'What adjustments of earlier, closed periods bring into this one: the sum of their deltas, beside the figures and not within them.';
create index period_total_subject on attendance.period_total (tenant_id, subject_id);

create trigger period_total_100_append_only
before update or delete on attendance.period_total
for each row execute function core.refuse_change();
create trigger period_total_100_no_truncate
before truncate on attendance.period_total
for each statement execute function core.refuse_change();
alter table attendance.period_total enable always trigger period_total_100_append_only;
alter table attendance.period_total enable always trigger period_total_100_no_truncate;

create function attendance.judge_total()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  select p.state into v_state
  from attendance.period as p
  where p.tenant_id = new.tenant_id and p.id = new.period_id;
  if v_state is distinct from 'closing' then
    perform core.fail('SA022', 'a total of a period that is ' || coalesce(v_state, 'not there'), 'a period that is closing');
  end if;
  return null;
end $$;
comment on function attendance.judge_total() is 'Totals are made while their period is closing, and never again.';
create trigger period_total_700_period_is_closing
after insert on attendance.period_total
for each row execute function attendance.judge_total();
alter table attendance.period_total enable always trigger period_total_700_period_is_closing;

create function attendance.tally(
  state text, code text, session_id uuid, accounted_at timestamptz, in_at timestamptz, out_at timestamptz
)
returns table (
  records integer, recorded integer, flagged integer, verified integer, voided integer,
  present integer, late integer, left_early integer, partial integer,
  absent_excused integer, absent_unexcused integer, approved_elsewhere integer, not_required integer, uncoded integer,
  in_denominator integer, presence_value numeric, tardies integer, without_out integer, worked_us bigint, late_us bigint
)
language sql
stable
rows 1
as $$
  select
    1,
    (tally.state = 'recorded')::integer,
    (tally.state = 'flagged')::integer,
    (tally.state = 'verified')::integer,
    (tally.state = 'voided')::integer,
    (s.counts and c.category is not distinct from 'present')::integer,
    (s.counts and c.category is not distinct from 'late')::integer,
    (s.counts and c.category is not distinct from 'left_early')::integer,
    (s.counts and c.category is not distinct from 'partial')::integer,
    (s.counts and c.category is not distinct from 'absent_excused')::integer,
    (s.counts and c.category is not distinct from 'absent_unexcused')::integer,
    (s.counts and c.category is not distinct from 'approved_elsewhere')::integer,
    (s.counts and c.category is not distinct from 'not_required')::integer,
    (s.counts and c.category is null)::integer,
    (s.counts and coalesce(c.in_denominator, false))::integer,
    case when s.counts then coalesce(c.presence_value, 0) else 0 end,
    (s.counts and coalesce(c.counts_tardy, false))::integer,
    (s.counts and tally.in_at is not null and tally.out_at is null)::integer,
    case
      when s.counts and tally.out_at >= tally.in_at then (extract(epoch from tally.out_at - tally.in_at) * 1000000)::bigint
      else 0
    end,
    case
      when s.counts and c.counts_tardy and tally.session_id is not null and tally.in_at > tally.accounted_at
      then (extract(epoch from tally.in_at - tally.accounted_at) * 1000000)::bigint
      else 0
    end
  from (select tally.state in ('recorded', 'verified') as counts) as s
  left join lateral (
    select k.category, k.in_denominator, k.presence_value, k.counts_tardy
    from attendance.code as k
    where k.tenant_id = core.bound_tenant() and k.code = tally.code
    limit 1
  ) as c on true
$$;
comment on function attendance.tally(text, text, uuid, timestamptz, timestamptz, timestamptz) is
  'What one record adds to the totals of its period: the columns of attendance.period_total. Inlined, so that a whole period is one statement; the one definition for totals and for the deltas of adjustments.';

commit;
