-- Deploy smartattend:integrity/raise_signals to pg
begin;
set local role smartattend_owner;

create function integrity.raise_signals()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into integrity.flag (
    tenant_id, rule, about, about_kind, event_key, record_id, revision, session_id, subject_id, unit_id, captured_by, severity, is_blocking,
    observed, expected, evidence_hash
  )
  select
    new.tenant_id, r.rule, a.about, a.about_kind, a.event_key, t.record_id, t.revision, new.session_id, new.subject_id,
    case
      when t.unit_id is not null then t.unit_id
      when new.session_id is not null then (
        select s.unit_id from attendance.session as s where s.tenant_id = new.tenant_id and s.id = new.session_id
      )
      else (
        select u.id
        from timing.device as d
        inner join tenancy.unit as u on u.tenant_id = d.tenant_id and u.site_id = d.site_id and u.kind = 'site'
        where d.tenant_id = new.tenant_id and d.id = new.device_id
      )
    end,
    case when v.is_blocking then new.actor_id end,
    case when g.signal = 'F09:undecidable' then 'info' else r.severity end,
    v.is_blocking, o.observed, o.expected, core.payload_hash(o.observed)
  from unnest(new.signals) as g (signal)
  inner join integrity.rule as r on r.rule = left(g.signal, 3)
  cross join lateral (select r.is_blocking and g.signal not in ('F09:critical', 'F09:undecidable') as is_blocking) as v
  left join lateral (
    -- A late punch names no record; what it changed is that of its session.
    select
      coalesce(new.record_id, e.id) as record_id,
      coalesce(new.revision, e.revision) as revision,
      e.unit_id
    from (select) as one
    left join attendance.record as e
      on e.tenant_id = new.tenant_id
      and e.session_id = new.session_id
      and e.subject_id = new.subject_id
      and e.state <> 'voided'
  ) as t on true
  cross join lateral (
    -- A missing check-out is about the record and its check-in, whoever notices it (integrity.f22 says the same).
    select
      case when g.signal = 'F22' then coalesce(new.record_id, new.key) else new.key end as about,
      case when g.signal = 'F22' then 'record' else 'event' end as about_kind,
      case
        when g.signal <> 'F22' then new.key
        else (
          select e.key
          from attendance.event as e
          where e.tenant_id = new.tenant_id and e.record_id = new.record_id and e.kind = 'in'
          order by e.revision
          limit 1
        )
      end as event_key
  ) as a
  cross join lateral (
    select
      case
        when g.signal = 'F22' then jsonb_build_object('in_at', attendance.utc(new.in_at), 'out_at', null)
        else jsonb_strip_nulls(jsonb_build_object(
          'signal', g.signal,
          'claimed_at', attendance.utc(new.claimed_at),
          'effective_at', attendance.utc(new.effective_at),
          'recorded_at', attendance.utc(new.recorded_at),
          'error_us', new.error_us,
          'basis', new.basis,
          'device_id', new.device_id,
          'presence', case when g.signal = 'F17' then jsonb_build_array(attendance.utc(new.in_at), attendance.utc(new.out_at)) end
        ))
      end as observed,
      jsonb_build_object('rule', r.meaning) as expected
  ) as o
  -- The hold of a flag names its rule, too; it raises no second one.
  where (new.kind <> 'flag' or g.signal = 'F22')
    and integrity.is_enabled(r.rule)
  on conflict on constraint evidence_is_flagged_once do nothing;
  return null;
end $$;
comment on function integrity.raise_signals() is
  'What the capture itself noticed (attendance.event.signals: the rule, and after a colon which of its cases) becomes flags in the same transaction. The capture has held the record where the rule blocks. A signal that no rule has is not a flag: a punch is never lost for it.';
create trigger event_900_raise_signals
after insert on attendance.event
for each row
when (new.signals is not null)
execute function integrity.raise_signals();

commit;
