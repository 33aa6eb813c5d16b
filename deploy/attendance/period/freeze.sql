-- Deploy smartattend:attendance/period/freeze to pg
begin;
set local role smartattend_owner;

create function attendance.writers_in_flight()
returns xid[]
language sql
volatile
as $$
  with held as materialized (
    select l.locktype, l.database, l.relation, l.mode, l.transactionid, l.virtualtransaction, l.pid
    from pg_catalog.pg_locks as l
    where l.granted
  )
  select array(
    select h.transactionid
    from held as h
    where h.locktype = 'transactionid'
      and h.mode = 'ExclusiveLock'
      and h.pid is distinct from pg_catalog.pg_backend_pid()
      and h.virtualtransaction in (
        select w.virtualtransaction
        from held as w
        where w.locktype = 'relation'
          and w.mode = 'RowExclusiveLock'
          and w.database = (select d.oid from pg_catalog.pg_database as d where d.datname = pg_catalog.current_database())
          and w.relation in ('attendance.record'::regclass, 'attendance.period_adjustment'::regclass)
      )
  )
$$;
comment on function attendance.writers_in_flight() is
  'The transactions of others that hold a number and have written records or adjustments, whoever''s: each has such a lock on its own number and on the table until its end. Read from the locks and not from a snapshot: a number can be taken before closing is committed, be greater than that of the closing transaction and of every one that has ended, and then a snapshot''s bounds say nothing of it.';

create function attendance.still_in_flight(transactions xid[])
returns table (transaction xid, process integer)
language sql
volatile
rows 1
as $$
  select l.transactionid, l.pid
  from pg_catalog.pg_locks as l
  where l.locktype = 'transactionid'
    and l.mode = 'ExclusiveLock'
    and l.granted
    and l.transactionid = any (still_in_flight.transactions)
$$;
comment on function attendance.still_in_flight(xid[]) is
  'Those of the transactions that have not ended, and their processes (null: prepared). What a transaction wrote can be seen before its locks are released.';

create function attendance.freeze_period(period attendance.period, reason text default null)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_count integer;
begin
  insert into attendance.period_total (
    tenant_id, period_id, subject_id, unit_id, records, recorded, flagged, verified, voided, present, late, left_early, partial,
    absent_excused, absent_unexcused, approved_elsewhere, not_required, uncoded, in_denominator, presence_value, tardies, without_out,
    worked_us, late_us, adjustments, adjusted
  )
  select
    (freeze_period.period).tenant_id, (freeze_period.period).id, m.user_id, t.unit_id,
    t.records, t.recorded, t.flagged, t.verified, t.voided, t.present, t.late, t.left_early, t.partial,
    t.absent_excused, t.absent_unexcused, t.approved_elsewhere, t.not_required, t.uncoded, t.in_denominator, t.presence_value, t.tardies,
    t.without_out, t.worked_us, t.late_us, a.adjustments, a.adjusted
  from identity.membership as m
  -- Person by person along the index; a business date is never more than two days from the instant it is of.
  cross join lateral (
    select
      case when count(distinct r.unit_id) = 1 and count(r.unit_id) = count(*) then (array_agg(r.unit_id))[1] end as unit_id,
      count(*)::integer as records,
      coalesce(sum(t.recorded), 0) as recorded, coalesce(sum(t.flagged), 0) as flagged, coalesce(sum(t.verified), 0) as verified,
      coalesce(sum(t.voided), 0) as voided, coalesce(sum(t.present), 0) as present, coalesce(sum(t.late), 0) as late,
      coalesce(sum(t.left_early), 0) as left_early, coalesce(sum(t.partial), 0) as partial,
      coalesce(sum(t.absent_excused), 0) as absent_excused, coalesce(sum(t.absent_unexcused), 0) as absent_unexcused,
      coalesce(sum(t.approved_elsewhere), 0) as approved_elsewhere, coalesce(sum(t.not_required), 0) as not_required,
      coalesce(sum(t.uncoded), 0) as uncoded, coalesce(sum(t.in_denominator), 0) as in_denominator,
      coalesce(sum(t.presence_value), 0) as presence_value, coalesce(sum(t.tardies), 0) as tardies,
      coalesce(sum(t.without_out), 0) as without_out, coalesce(sum(t.worked_us), 0) as worked_us, coalesce(sum(t.late_us), 0) as late_us
    from attendance.record as r
    cross join lateral attendance.tally(r.state, r.code, r.session_id, r.accounted_at, r.in_at, r.out_at) as t
    where r.tenant_id = m.tenant_id
      and r.subject_id = m.user_id
      and r.business_date >= ((freeze_period.period).starts_at at time zone 'UTC')::date - 2
      and r.business_date <= ((freeze_period.period).ends_at at time zone 'UTC')::date + 2
      and r.accounted_at >= (freeze_period.period).starts_at
      and r.accounted_at < (freeze_period.period).ends_at
  ) as t
  cross join lateral (
    select
      coalesce(sum(k.adjustments), 0)::integer as adjustments,
      coalesce(jsonb_object_agg(k.field, k.delta) filter (where k.field is not null), '{}') as adjusted
    from (
      select 0 as adjustments, d.field, sum(d.delta::numeric) as delta
      from attendance.period_adjustment as j
      cross join lateral jsonb_each_text(j.delta) as d (field, delta)
      where j.tenant_id = m.tenant_id and j.into_period_id = (freeze_period.period).id and j.subject_id = m.user_id
      group by d.field
      having sum(d.delta::numeric) <> 0
      union all
      select count(*), null, null
      from attendance.period_adjustment as j
      where j.tenant_id = m.tenant_id and j.into_period_id = (freeze_period.period).id and j.subject_id = m.user_id
    ) as k
  ) as a
  where m.tenant_id = (freeze_period.period).tenant_id
    and (t.records > 0 or a.adjustments > 0);
  get diagnostics v_count = row_count;

  update attendance.period as p
  set state = 'closed', state_via = 'freeze', state_reason = freeze_period.reason, waits_for = null
  where p.tenant_id = (freeze_period.period).tenant_id and p.id = (freeze_period.period).id;
  return v_count;
end $$;
comment on function attendance.freeze_period(attendance.period, text) is
  'Writes the totals of a closing period, one row for each person with records or adjustments in it, and closes it; returns how many. The caller holds the period''s row and has seen every earlier writer end.';

commit;
