-- Deploy smartattend:api/put_shift_templates to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, lowest, highest, meaning) values
  ('shift_template', 'site_code', 1, 'code', true, true, null, null, null, 'the site it belongs to'),
  ('shift_template', 'unit_code', 2, 'code', true, true, null, null, null, 'the unit of the site that works it'),
  ('shift_template', 'code', 3, 'code', true, true, null, null, null, 'unique among the shifts of the unit'),
  ('shift_template', 'name', 4, 'name', false, true, null, null, null, 'what people call it'),
  ('shift_template', 'local_start', 5, 'time', false, true, null, null, null, 'when it starts, in the zone of the site'),
  ('shift_template', 'local_end', 6, 'time', false, true, null, null, null, 'when it ends, in the zone of the site'),
  ('shift_template', 'end_day_offset', 7, 'integer', false, false, null, 0, 1, 'days from the start''s date to the end''s; by default 1 if local_end is not after local_start'),
  ('shift_template', 'kind', 8, 'word', false, false, '{fixed,night,split,flexible,on_call}', null, null, 'by default night if it ends on the next day'),
  ('shift_template', 'second_start', 9, 'time', false, false, null, null, null, 'split: when the second part starts, on the date of the first'),
  ('shift_template', 'second_end', 10, 'time', false, false, null, null, null, 'split: when the second part ends; on the next day if it is not after second_start'),
  ('shift_template', 'latest_start', 11, 'time', false, false, null, null, null, 'flexible: who comes later is late; local_start is the earliest arrival, local_end the latest leaving'),
  ('shift_template', 'required_minutes', 12, 'integer', false, false, null, 1, 1440, 'flexible: planned work, without breaks'),
  ('shift_template', 'break_minutes', 13, 'integer', false, false, null, 0, 720, 'fixed, night, flexible: unpaid, deducted from what exceeds break_after_minutes; by default 0'),
  ('shift_template', 'break_after_minutes', 14, 'integer', false, false, null, 0, 1440, 'presence that counts without a deduction; by default 0');

create function api.put_shift_templates(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_shift_templates.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      u.id as unit_id,
      d.days as end_days,
      d.shift_kind,
      d.second_days,
      make_interval(mins => x.required_minutes) as required,
      make_interval(mins => coalesce(x.break_minutes, 0)) as unpaid_break,
      make_interval(mins => coalesce(x.break_after_minutes, 0)) as break_after,
      t.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when d.days = 0 and x.local_end <= x.local_start
          then core.fault('SA010', 'end_day_offset', '0', '1, since local_end is not after local_start')
          when d.days = 1 and x.local_end > x.local_start
          then core.fault('SA010', 'end_day_offset', '1', '0: a shift lasts at most a day')
          when d.days = 0 and d.shift_kind = 'night' then core.fault('SA010', 'kind', x.kind, 'fixed, since it ends on the same day')
          else corporate.shift_fault(e.value, d.shift_kind, d.days, d.second_days)
        end
      ) as fault,
      (
        t.name, t.local_start, t.local_end, t.end_day_offset, t.kind, t.second_start, t.second_end, t.second_end_day_offset, t.latest_start,
        t.required, t.unpaid_break, t.break_after
      )
      is not distinct from
      (
        x.name, x.local_start, x.local_end, d.days, d.shift_kind, x.second_start, x.second_end, d.second_days, x.latest_start,
        make_interval(mins => x.required_minutes), make_interval(mins => coalesce(x.break_minutes, 0)),
        make_interval(mins => coalesce(x.break_after_minutes, 0))
      ) as is_same
    from core.read_entries('shift_template', put_shift_templates.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, code text, name text, local_start time, local_end time, end_day_offset smallint, kind text,
      second_start time, second_end time, latest_start time, required_minutes integer, break_minutes integer, break_after_minutes integer
    )
    cross join lateral (
      select
        c.days,
        coalesce(x.kind, case c.days when 1 then 'night' else 'fixed' end) as shift_kind,
        (x.second_end <= x.second_start)::integer::smallint as second_days
      from (select coalesce(x.end_day_offset, (x.local_end <= x.local_start)::integer)::smallint as days) as c
    ) as d
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
      select t.*
      from corporate.shift_template as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.code = x.code
      limit 1
    ) as t on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.unit_id, e.code order by e.ordinal)
  ), written as (
    insert into corporate.shift_template (
      tenant_id, id, unit_id, code, name, kind, local_start, local_end, end_day_offset, second_start, second_end, second_end_day_offset,
      latest_start, required, unpaid_break, break_after
    )
    select
      v_actor.tenant_id, j.id, j.unit_id, j.code, j.name, j.shift_kind, j.local_start, j.local_end, j.end_days, j.second_start, j.second_end,
      j.second_days, j.latest_start, j.required, j.unpaid_break, j.break_after
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint shift_template_pkey do update set
      name = excluded.name,
      kind = excluded.kind,
      local_start = excluded.local_start,
      local_end = excluded.local_end,
      end_day_offset = excluded.end_day_offset,
      second_start = excluded.second_start,
      second_end = excluded.second_end,
      second_end_day_offset = excluded.second_end_day_offset,
      latest_start = excluded.latest_start,
      required = excluded.required,
      unpaid_break = excluded.unpaid_break,
      break_after = excluded.break_after
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_shift_templates', v_outcomes) as o;
end $$;
comment on function api.put_shift_templates(jsonb, text) is
  'Adds or changes shift templates; the format of the entries is core.entry_field''s ''shift_template'', the natural key site, unit and code. A field that is left out is taken away. Shift instances that were made before keep their times, planned work and breaks. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_shift_templates(jsonb, text) to smartattend_app;

commit;
