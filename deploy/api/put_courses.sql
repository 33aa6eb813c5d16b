-- Deploy smartattend:api/put_courses to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, meaning) values
  ('course', 'site_code', 1, 'code', true, true, 'the site it belongs to'),
  ('course', 'code', 2, 'code', true, true, 'unique among the courses of the site'),
  ('course', 'name', 3, 'name', false, true, 'what people call it');

create function api.put_courses(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_courses.token);
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
      s.id as site_id,
      c.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('schedule.manage', r.id) then identity.scope_fault('schedule.manage')
        end
      ) as fault,
      c.name is not distinct from x.name as is_same
    from core.read_entries('course', put_courses.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join lateral (
      select c.id, c.name
      from school.course as c
      where c.tenant_id = v_actor.tenant_id
        and c.site_id = s.id
        and c.code = x.code
      limit 1
    ) as c on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), written as (
    insert into school.course (tenant_id, id, site_id, code, name)
    select v_actor.tenant_id, j.id, j.site_id, j.code, j.name
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint course_pkey do update set
      name = excluded.name
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_courses', v_outcomes) as o;
end $$;
comment on function api.put_courses(jsonb, text) is
  'Adds or renames courses; the format of the entries is core.entry_field''s ''course'', the natural key site and code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_courses(jsonb, text) to smartattend_app;

commit;
