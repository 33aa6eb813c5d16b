-- Deploy smartattend:attendance/period_adjustment to pg
begin;
set local role smartattend_owner;

create table attendance.period_adjustment (
  tenant_id uuid not null,
  record_id uuid not null,
  revision integer not null,
  period_id uuid not null,
  into_period_id uuid not null,
  subject_id uuid not null,
  unit_id uuid,
  state_before text,
  state_after text not null,
  code_before text,
  code_after text,
  in_at_before timestamptz,
  in_at_after timestamptz,
  out_at_before timestamptz,
  out_at_after timestamptz,
  delta jsonb not null,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint period_adjustment_pkey primary key (tenant_id, record_id, revision),
  constraint adjustment_is_of_a_revision foreign key (tenant_id, record_id, revision)
    references attendance.event (tenant_id, record_id, revision),
  constraint adjustment_is_of_a_period foreign key (tenant_id, period_id) references attendance.period (tenant_id, id),
  constraint adjustment_goes_into_a_period foreign key (tenant_id, into_period_id) references attendance.period (tenant_id, id),
  constraint adjustment_is_about_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint it_goes_into_another_period check (into_period_id <> period_id),
  constraint delta_is_an_object check (jsonb_typeof(delta) = 'object'),
  constraint a_new_record_has_nothing_before check ((revision = 1) = (state_before is null))
);
comment on table attendance.period_adjustment is
  'What a revision of a record of a closed period changes in its totals, which stay as they are: carried into an open period. Append-only; without its row here no record of a closed period changes.';
comment on column attendance.period_adjustment.delta is
  'The columns of attendance.period_total that would be other now, with the difference: {"late": -1, "present": 1, "tardies": -1, "late_us": -600000000}.';
create index period_adjustment_into_period on attendance.period_adjustment (tenant_id, into_period_id, subject_id);
create index period_adjustment_period on attendance.period_adjustment (tenant_id, period_id, subject_id);

create trigger period_adjustment_100_append_only
before update or delete on attendance.period_adjustment
for each row execute function core.refuse_change();
create trigger period_adjustment_100_no_truncate
before truncate on attendance.period_adjustment
for each statement execute function core.refuse_change();
alter table attendance.period_adjustment enable always trigger period_adjustment_100_append_only;
alter table attendance.period_adjustment enable always trigger period_adjustment_100_no_truncate;

create function attendance.judge_adjustment()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from text;
  v_into text;
begin
  -- After the insert, so that whoever closes the open period meets this transaction in flight and waits for it.
  select p.state into v_from
  from attendance.period as p
  where p.tenant_id = new.tenant_id and p.id = new.period_id;
  select p.state into v_into
  from attendance.period as p
  where p.tenant_id = new.tenant_id and p.id = new.into_period_id;
  if v_from is distinct from 'closed' or v_into is distinct from 'open' then
    perform core.fail(
      'SA117', format('an adjustment from a period that is %s into one that is %s', v_from, v_into), 'from a closed period into an open one'
    );
  end if;
  return null;
end $$;
comment on function attendance.judge_adjustment() is 'An adjustment leads from a closed period into an open one; otherwise SA117.';
create trigger period_adjustment_700_leads_into_an_open_period
after insert on attendance.period_adjustment
for each row execute function attendance.judge_adjustment();
alter table attendance.period_adjustment enable always trigger period_adjustment_700_leads_into_an_open_period;

create function attendance.adjust(before attendance.record, event attendance.event)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_accounted_at timestamptz;
  v_unit_id uuid;
  v_period attendance.period;
  v_into_id uuid;
  v_delta jsonb;
begin
  v_accounted_at := (adjust.before).accounted_at;
  v_unit_id := (adjust.before).unit_id;
  if v_accounted_at is null then
    select s.starts_at, s.unit_id into v_accounted_at, v_unit_id
    from attendance.session as s
    where s.tenant_id = (adjust.event).tenant_id and s.id = (adjust.event).session_id;
    v_accounted_at := coalesce(v_accounted_at, (adjust.event).in_at, (adjust.event).effective_at);
  end if;
  v_period := attendance.period_at(v_accounted_at);
  if v_period.state is distinct from 'closed' then
    return;
  end if;
  select p.id into v_into_id
  from attendance.period as p
  where p.tenant_id = v_period.tenant_id and p.starts_at >= v_period.ends_at and p.state = 'open'
  order by p.starts_at
  limit 1;
  if not found then
    perform core.fail('SA117', 'no open period after ' || v_period.code, 'an open period that takes the adjustment');
  end if;

  select coalesce(jsonb_object_agg(a.key, a.value::numeric - coalesce(b.value::numeric, 0)), '{}') into v_delta
  from attendance.tally(
    (adjust.event).state, (adjust.event).code, (adjust.event).session_id, v_accounted_at, (adjust.event).in_at, (adjust.event).out_at
  ) as n
  cross join lateral jsonb_each(to_jsonb(n)) as a (key, value)
  left join lateral (
    select o.value
    from attendance.tally(
      (adjust.before).state, (adjust.before).code, (adjust.before).session_id, v_accounted_at, (adjust.before).in_at, (adjust.before).out_at
    ) as t
    cross join lateral jsonb_each(to_jsonb(t)) as o (key, value)
    where o.key = a.key and (adjust.before).id is not null
    limit 1
  ) as b on true
  where a.value::numeric <> coalesce(b.value::numeric, 0);

  insert into attendance.period_adjustment (
    tenant_id, record_id, revision, period_id, into_period_id, subject_id, unit_id, state_before, state_after, code_before, code_after,
    in_at_before, in_at_after, out_at_before, out_at_after, delta
  )
  values (
    v_period.tenant_id, (adjust.event).record_id, (adjust.event).revision, v_period.id, v_into_id, (adjust.event).subject_id, v_unit_id,
    (adjust.before).state, (adjust.event).state, (adjust.before).code, (adjust.event).code,
    (adjust.before).in_at, (adjust.event).in_at, (adjust.before).out_at, (adjust.event).out_at, v_delta
  );
end $$;
comment on function attendance.adjust(attendance.record, attendance.event) is
  'What a new revision of a record means for the periods: nothing while its period is not closed; otherwise an adjustment into the first open period after it. To be called between the event and the update of the record, with the record as it was (null when the event makes a new one). SA117 when no open period takes the adjustment.';

commit;
