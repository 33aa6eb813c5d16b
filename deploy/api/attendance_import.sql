-- Deploy smartattend:api/attendance_import to pg
begin;
set local role smartattend_owner;

create type attendance.import_entry as (
  ordinal integer,
  key_text text,
  key uuid,
  subject_id uuid,
  site_id uuid,
  time_zone text,
  unit_id uuid,
  business_date date,
  code text,
  arrived_at timestamptz,
  reason text,
  evidence jsonb,
  fault_code text,
  fault jsonb
);
comment on type attendance.import_entry is 'An entry of api.attendance_import with what its natural keys stand for.';

create function attendance.read_import(entries jsonb)
returns attendance.import_entry[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select (
      a.ordinal::integer,
      left(concat_ws('/', x.member_number, x.site_code, x.unit_code, x.date), 200),
      core.uuid(x.key), m.user_id, s.id, s.time_zone, u.id, d.business_date, c.code,
      case when x.arrived_at is not null then core.local_instant(d.business_date + t.arrived_at, s.time_zone, 'start') end,
      left(x.reason, 2000), x.evidence,
      case
        -- What is no object has no date, and a unit of no site is none.
        when f.unknown is not null or d.business_date is null
          or (x.arrived_at is not null and t.arrived_at is null)
          or (x.key is not null and core.uuid(x.key) is null)
          or num_nulls(x.code, x.edfi_category) <> 1
          or char_length(x.reason) > 2000
          or jsonb_typeof(x.evidence) <> 'object' or octet_length(x.evidence::text) > 8192
          then 'SA014'
        when m.user_id is null or u.id is null then 'SA011'
        when c.code is null then 'SA111'
        when c.requires_reason and core.is_reason(x.reason) is not true then 'SA013'
      end,
      case
        when jsonb_typeof(a.entry) <> 'object' then jsonb_build_object('observed', jsonb_typeof(a.entry), 'expected', 'an object')
        when f.unknown is not null then
          jsonb_build_object('observed', 'an unknown field ' || left(f.unknown, 64), 'expected', 'the documented fields')
        when d.business_date is null then
          jsonb_build_object('observed', left(x.date, 64), 'expected', 'date: YYYY-MM-DD from 1900 to 2999')
        when x.arrived_at is not null and t.arrived_at is null then
          jsonb_build_object('observed', left(x.arrived_at, 64), 'expected', 'arrived_at: a local time HH:MM or HH:MM:SS')
        when x.key is not null and core.uuid(x.key) is null then
          jsonb_build_object('observed', left(x.key, 64), 'expected', 'key: a uuid')
        when num_nulls(x.code, x.edfi_category) <> 1 then
          jsonb_build_object('observed', concat_ws(' and ', left(x.code, 64), left(x.edfi_category, 64)), 'expected', 'code or edfi_category')
        when char_length(x.reason) > 2000 then
          jsonb_build_object('observed', 'a reason of ' || char_length(x.reason) || ' characters', 'expected', 'at most 2,000')
        when jsonb_typeof(x.evidence) <> 'object' or octet_length(x.evidence::text) > 8192 then
          jsonb_build_object('observed', 'evidence of ' || octet_length(x.evidence::text) || ' bytes', 'expected', 'an object of at most 8,192 bytes')
        when m.user_id is null then
          jsonb_build_object('observed', left(x.member_number, 64), 'expected', 'the member number of a member of this tenant')
        when s.id is null then jsonb_build_object('observed', left(x.site_code, 64), 'expected', 'the code of a site of this tenant')
        when u.id is null then jsonb_build_object('observed', left(x.unit_code, 64), 'expected', 'the code of a unit of this site')
        when c.code is null then
          jsonb_build_object('observed', left(coalesce(x.code, x.edfi_category), 64), 'expected', 'an open attendance code or Ed-Fi category')
        when c.requires_reason and core.is_reason(x.reason) is not true then
          jsonb_build_object('observed', left(x.reason, 64), 'expected', 'a reason of at least 10 characters')
      end
    )::attendance.import_entry
    from jsonb_array_elements(read_import.entries) with ordinality as a (entry, ordinal)
    cross join lateral jsonb_to_record(case when jsonb_typeof(a.entry) = 'object' then a.entry else '{}' end) as x (
      key text, member_number text, site_code text, unit_code text, date text, code text, edfi_category text, arrived_at text, reason text,
      evidence jsonb
    )
    cross join lateral (
      select min(k.field) as unknown
      from jsonb_object_keys(case when jsonb_typeof(a.entry) = 'object' then a.entry else '{}' end) as k (field)
      where k.field <> all (
        '{key,member_number,site_code,unit_code,date,code,edfi_category,arrived_at,reason,evidence}'::text[]
      )
    ) as f
    cross join lateral (select case when core.is_date(x.date) then x.date::date end as business_date offset 0) as d
    cross join lateral (
      select case when x.arrived_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' then x.arrived_at::time end as arrived_at
      offset 0
    ) as t
    left join lateral (
      select m.user_id
      from identity.membership as m
      where m.tenant_id = core.bound_tenant() and m.member_number = x.member_number
      limit 1
    ) as m on true
    left join lateral (
      select s.id, s.time_zone from tenancy.site as s where s.tenant_id = core.bound_tenant() and s.code = x.site_code limit 1
    ) as s on true
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = core.bound_tenant()
        and u.site_id = s.id
        and u.code = x.unit_code or u.tenant_id = core.bound_tenant() and u.site_id = s.id and x.unit_code is null and u.kind = 'site'
      limit 1
    ) as u on true
    left join lateral (
      select c.code, c.requires_reason
      from attendance.code as c
      where c.tenant_id = core.bound_tenant()
        and (c.code = x.code or (x.code is null and c.edfi_category = x.edfi_category))
        and c.valid_from <= core.clock() and c.valid_until > core.clock()
      order by c.is_default desc, c.code
      limit 1
    ) as c on true
  )
$$;
comment on function attendance.read_import(jsonb) is
  'The entries [{member_number, site_code, unit_code, date, code or edfi_category, arrived_at, reason, evidence, key}] of an import, read without an error and looked up.';

create function api.attendance_import(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
rows 1000
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(attendance_import.token);
  v_entries attendance.import_entry[];
  v_judged attendance.judged_mark[];
  v_shut uuid[];
  v_outcome core.outcome;
begin
  if jsonb_typeof(attendance_import.entries) is distinct from 'array' or jsonb_array_length(attendance_import.entries) > 100000 then
    perform core.fail(
      'SA010', 'entries: ' || coalesce(jsonb_typeof(attendance_import.entries), 'null'), 'a JSON array of at most 100,000 entries'
    );
  end if;
  v_outcome := case
    when core.bound_tenant('capture_write') is null
      or core.bound_tenant('ordinary_write') is null
      then core.refused('SA107')
    when not identity.holds('attendance.import')
      then core.refused('SA104', jsonb_build_object('expected', 'attendance.import for the whole tenant'))
  end;
  v_entries := attendance.read_import(attendance_import.entries);
  if (v_outcome).status is not null then
    v_outcome := core.finish(ledger.refuse('attendance_import', null, attendance_import.entries, v_outcome));
    return query
    select e.ordinal, e.key_text, v_outcome.status, v_outcome.code, v_outcome.message, null::uuid, null::integer, v_outcome.detail
    from unnest(v_entries) as e;
    return;
  end if;
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = any (array(select e.subject_id from unnest(v_entries) as e))
  order by m.user_id
  for no key update;

  -- A day that no timetable has made is made here: the whole local day, on which nobody can be late.
  with day as (
    select distinct e.site_id, e.unit_id, e.time_zone, e.business_date
    from unnest(v_entries) as e
    where e.fault_code is null
      and (
        select true
        from attendance.session as s
        where s.tenant_id = v_actor.tenant_id and s.business_date = e.business_date and s.unit_id = e.unit_id and s.kind = 'day'
          and s.cancelled_at is null
        limit 1
      ) is null
  ), made as (
    insert into attendance.session (
      tenant_id, site_id, unit_id, kind, source, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
    )
    select
      v_actor.tenant_id, d.site_id, d.unit_id, 'day', 'import', 'Day ' || d.business_date, d.business_date, d.time_zone,
      b.starts_at, b.ends_at, b.starts_at, b.ends_at, b.ends_at
    from day as d
    cross join lateral (
      select
        core.local_instant(d.business_date::timestamp, d.time_zone, 'start') as starts_at,
        core.local_instant(d.business_date::timestamp + interval '1 day', d.time_zone, 'end') as ends_at
    ) as b
    on conflict (tenant_id, unit_id, kind, starts_at, shift_id) where cancelled_at is null do nothing
    returning id
  )
  insert into attendance.register (tenant_id, session_id)
  select v_actor.tenant_id, m.id from made as m;

  v_judged := attendance.judge_marks('import', array(
    select (
      e.ordinal, e.key_text, coalesce(e.key, core.derived_key(s.id, 'import ' || e.subject_id)), e.subject_id, s.id, e.unit_id,
      e.business_date, e.code, e.arrived_at, e.reason, e.evidence, e.fault_code, e.fault
    )::attendance.mark
    from unnest(v_entries) as e
    left join lateral (
      select s.id
      from attendance.session as s
      where s.tenant_id = v_actor.tenant_id and s.business_date = e.business_date and s.unit_id = e.unit_id and s.kind = 'day'
        and s.cancelled_at is null
      order by s.starts_at
      limit 1
    ) as s on true
  ));
  -- What is there already is replayed; what is new in a period that is shut is refused.
  v_shut := array(
    select s.id
    from attendance.session as s
    where s.tenant_id = v_actor.tenant_id
      and s.id = any (array(select distinct j.session_id from unnest(v_judged) as j where j.change in ('created', 'revised')))
      and exists (
        select from attendance.period as p
        where p.tenant_id = s.tenant_id and p.ends_at > s.starts_at and p.starts_at <= s.starts_at and p.state <> 'open'
      )
  );
  if v_shut <> '{}' then
    v_judged := array(
      select case
        when j.change in ('created', 'revised') and j.session_id = any (v_shut)
        then jsonb_populate_record(
          j,
          jsonb_build_object(
            'change', 'faulty', 'fault_code', 'SA117',
            'fault', jsonb_build_object('observed', j.business_date, 'expected', 'a date in an open period')
          )
        )
        else j
      end
      from unnest(v_judged) as j
      order by j.ordinal
    );
  end if;
  perform attendance.store_marks('import', v_judged);
  perform ledger.refuse(
    'attendance_import', j.key, to_jsonb(encode(j.payload_hash, 'hex')), core.refused(j.fault_code, j.fault)
  )
  from unnest(v_judged) as j
  where j.fault_code in ('SA102', 'SA111', 'SA112', 'SA117');
  return query
  select o.* from attendance.mark_outcomes(v_judged) as o;
end $$;
comment on function api.attendance_import(jsonb, text) is
  'Brings in day-level facts of another system: entries [{member_number, site_code, unit_code (null: the whole site), date, code or edfi_category, arrived_at (local time), reason, evidence (an object), key}]. One record for each person, unit and date: the same again is replayed, another content refused (SA112). A bad entry (SA011, SA013, SA014, SA111) never stops the rest. Permission attendance.import for the whole tenant. Raises SA001–SA006, SA010; refusals SA102, SA104, SA107, SA112, SA117 (the date lies in a period that is shut).';
grant execute on function api.attendance_import(jsonb, text) to smartattend_app;

commit;
