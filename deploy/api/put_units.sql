-- Deploy smartattend:api/put_units to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, meaning) values
  ('unit', 'site_code', 1, 'code', true, true, null, 'the site it belongs to'),
  ('unit', 'code', 2, 'code', true, true, null, 'unique in the site'),
  ('unit', 'name', 3, 'name', false, true, null, 'what people call it'),
  ('unit', 'kind', 4, 'word', false, true, '{department,year_group,class_group}', 'what it is; it stays what it is'),
  ('unit', 'parent_code', 5, 'code', false, false, null, 'the unit above it in the site, also one of this call; by default the site itself; a unit does not move');

create function api.put_units(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_units.token);
  v_barred jsonb := identity.begin_put('administration_write');
  v_everywhere boolean := identity.holds('site.manage');
  v_outcomes core.batch_outcome[];
  v_created jsonb;
  v_depth integer := 0;
begin
  with recursive entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      u.id as present_id,
      core.uuid_v7() as new_id,
      p.id as parent_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('site.manage', r.id) then identity.scope_fault('site.manage')
          when u.kind <> x.kind then core.fault('SA112', 'kind', x.kind, u.kind)
          when x.parent_code is not null and u.parent_id <> p.id then core.fault('SA112', 'parent_code', x.parent_code, 'the present parent')
        end
      ) as fault,
      u.name is not distinct from x.name as is_same
    from core.read_entries('unit', put_units.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text, kind text, parent_code text)
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
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), placed as (
    -- From the units whose parent stands already down to those whose parent is of this call; a circle is never reached.
    select j.ordinal, j.site_id, j.code, j.id, j.parent_id, 1 as depth
    from judged as j
    where j.change = 'created' and j.parent_id is not null
    union all
    select j.ordinal, j.site_id, j.code, j.id, q.id, q.depth + 1
    from placed as q
    inner join judged as j on j.site_id = q.site_id and j.parent_code = q.code
    where j.change = 'created' and j.parent_id is null
  ), settled as materialized (
    select
      j.ordinal,
      j.key,
      j.site_id,
      j.code,
      j.name,
      j.kind,
      j.id,
      q.parent_id,
      q.depth,
      case when f.fault is null then j.change else 'faulty' end as change,
      coalesce(j.fault, f.fault) as fault
    from judged as j
    left join placed as q on q.ordinal = j.ordinal
    left join placed as t on t.id = j.id and j.change = 'repeated'
    cross join lateral (
      select case
        when j.parent_id is null
          and j.present_id is null
          and (j.change = 'created' and q.ordinal is null or j.change = 'repeated' and t.ordinal is null)
        then core.fault('SA011', 'parent_code', j.parent_code, 'the code of a unit of this site, or of a good entry of this call')
      end as fault
    ) as f
  ), renamed as (
    update tenancy.unit as u
    set name = s.name
    from settled as s
    where u.tenant_id = v_actor.tenant_id and u.id = s.id and s.change = 'changed'
  )
  select
    array_agg(core.put_outcome(s.ordinal, s.key, s.change, s.fault, s.id) order by s.ordinal),
    jsonb_agg(to_jsonb(s)) filter (where s.change = 'created')
  into v_outcomes, v_created
  from settled as s;

  -- Level by level, since a unit is placed beneath a parent that stands.
  while v_created is not null loop
    v_depth := v_depth + 1;
    insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
    select v_actor.tenant_id, c.id, c.site_id, c.parent_id, c.kind, c.code, c.name
    from jsonb_to_recordset(v_created) as c (id uuid, site_id uuid, parent_id uuid, kind text, code text, name text, depth integer)
    where c.depth = v_depth;
    exit when not found;
  end loop;

  return query
  select o.* from identity.finish_put('put_units', v_outcomes) as o;
end $$;
comment on function api.put_units(jsonb, text) is
  'Adds units or changes their names; the format of the entries is core.entry_field''s ''unit'', the natural key site and code. Parents and children may come in one call, in any order. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission site.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_units(jsonb, text) to smartattend_app;

commit;
