-- Deploy smartattend:api/put_roster to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, meaning) values
  ('roster', 'site_code', 1, 'code', true, true, null, 'the site'),
  ('roster', 'unit_code', 2, 'code', true, true, null, 'the unit of the site that works the shift'),
  ('roster', 'shift_code', 3, 'code', true, true, null, 'the shift template of the unit'),
  ('roster', 'on_date', 4, 'date', true, true, null, 'the local date on which the shift starts'),
  ('roster', 'member_number', 5, 'code', true, true, null, 'who works it'),
  ('roster', 'status', 6, 'word', false, false, '{planned,withdrawn}', 'withdrawn takes the person off the shift; by default planned');

create function api.put_roster(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_roster.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_now timestamptz := core.clock();
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.on_date,
      t.id as template_id,
      m.user_id as subject_id,
      coalesce(x.status, 'planned') as status,
      o.subject_id is not null as is_present,
      o.is_withdrawn is not distinct from (x.status is not distinct from 'withdrawn') as is_same,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when t.id is null then core.fault('SA011', 'shift_code', x.shift_code, 'the code of a shift template of this unit')
          when m.user_id is null then core.fault('SA011', 'member_number', x.member_number, 'the number of a member of this tenant')
          when x.status = 'withdrawn' and o.subject_id is null
          then core.fault('SA011', 'status', x.status, 'planned: the person is not on this shift')
        end
      ) as fault
    from core.read_entries('roster', put_roster.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, shift_code text, on_date date, member_number text, status text
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join lateral (
      select t.id
      from corporate.shift_template as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.code = x.shift_code
      limit 1
    ) as t on true
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join lateral (
      select o.subject_id, o.withdrawn_at is not null as is_withdrawn
      from corporate.roster as o
      where o.tenant_id = v_actor.tenant_id
        and o.template_id = t.id
        and o.on_date = x.on_date
        and o.subject_id = m.user_id
      limit 1
    ) as o on true
  ), judged as materialized (
    select
      e.*,
      core.put_change(e.fault, row_number() over same, first_value(e.status) over same = e.status, e.is_present, e.is_same) as change
    from entry as e
    window same as (partition by e.fault is null, e.template_id, e.on_date, e.subject_id order by e.ordinal)
  ), written as (
    insert into corporate.roster (tenant_id, template_id, on_date, subject_id, withdrawn_at)
    select v_actor.tenant_id, j.template_id, j.on_date, j.subject_id, case when j.status = 'withdrawn' then v_now end
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint roster_pkey do update set
      withdrawn_at = excluded.withdrawn_at
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, null) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_roster', v_outcomes) as o;
end $$;
comment on function api.put_roster(jsonb, text) is
  'Puts people on shifts, and takes them off (status withdrawn; nothing is deleted); the format of the entries is core.entry_field''s ''roster'', the natural key site, unit, shift, date and person. api.schedule_generate then follows in sessions that have not begun. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_roster(jsonb, text) to smartattend_app;

commit;
