-- Deploy smartattend:api/put_sections to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, meaning) values
  ('section', 'site_code', 1, 'code', true, true, 'the site it belongs to'),
  ('section', 'code', 2, 'code', true, true, 'unique among the units of the site'),
  ('section', 'name', 3, 'name', false, true, 'what people call it'),
  ('section', 'course_code', 4, 'code', false, true, 'what is taught'),
  ('section', 'term_code', 5, 'code', false, true, 'when'),
  ('section', 'parent_code', 6, 'code', false, false, 'the unit above it in the site; by default the site itself; a unit does not move');

create function api.put_sections(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_sections.token);
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
      p.id as parent_id,
      c.id as course_id,
      t.id as term_id,
      n.id is not null as is_present,
      u.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('schedule.manage', r.id) then identity.scope_fault('schedule.manage')
          when p.id is null then core.fault('SA011', 'parent_code', x.parent_code, 'the code of a unit of this site')
          when c.id is null then core.fault('SA011', 'course_code', x.course_code, 'the code of a course of this site')
          when t.id is null then core.fault('SA011', 'term_code', x.term_code, 'the code of a term of this site')
          when u.kind <> 'class_group' then core.fault('SA112', 'code', 'the code of a ' || u.kind, 'the code of a class_group, or a new one')
          when x.parent_code is not null and u.parent_id <> p.id
          then core.fault('SA112', 'parent_code', x.parent_code, 'the present parent')
        end
      ) as fault,
      (u.name, n.course_id, n.term_id) is not distinct from (x.name, c.id, t.id) as is_same
    from core.read_entries('section', put_sections.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text, course_code text, term_code text, parent_code text)
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
      select p.id
      from tenancy.unit as p
      where p.tenant_id = v_actor.tenant_id
        and p.site_id = s.id
        and p.code = case when x.parent_code is null then x.site_code else x.parent_code end
      limit 1
    ) as p on true
    left join lateral (
      select u.id, u.kind, u.parent_id, u.name
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.code
      limit 1
    ) as u on true
    left join lateral (
      select c.id
      from school.course as c
      where c.tenant_id = v_actor.tenant_id
        and c.site_id = s.id
        and c.code = x.course_code
      limit 1
    ) as c on true
    left join lateral (
      select t.id
      from school.term as t
      where t.tenant_id = v_actor.tenant_id
        and t.site_id = s.id
        and t.code = x.term_code
      limit 1
    ) as t on true
    left join school.section as n on n.tenant_id = v_actor.tenant_id and n.id = u.id
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.is_present, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), unit as (
    insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
    select v_actor.tenant_id, j.id, j.site_id, j.parent_id, 'class_group', j.code, j.name
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint unit_pkey do update set
      name = excluded.name
  ), written as (
    insert into school.section (tenant_id, id, site_id, course_id, term_id)
    select v_actor.tenant_id, j.id, j.site_id, j.course_id, j.term_id
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint section_pkey do update set
      course_id = excluded.course_id,
      term_id = excluded.term_id
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_sections', v_outcomes) as o;
end $$;
comment on function api.put_sections(jsonb, text) is
  'Adds or changes sections with the class groups that they are; the format of the entries is core.entry_field''s ''section'', the natural key site and code. A class group of put_units becomes a section. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_sections(jsonb, text) to smartattend_app;

commit;
