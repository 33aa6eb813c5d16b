-- Deploy smartattend:api/put_terms to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, meaning) values
  ('term', 'site_code', 1, 'code', true, true, 'the site it belongs to'),
  ('term', 'code', 2, 'code', true, true, 'unique among the terms of the site'),
  ('term', 'name', 3, 'name', false, true, 'what people call it'),
  ('term', 'starts_on', 4, 'date', false, true, 'its first day'),
  ('term', 'ends_on', 5, 'date', false, true, 'the first day after it');

create function api.put_terms(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_terms.token);
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
      t.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('schedule.manage', r.id) then identity.scope_fault('schedule.manage')
          when x.ends_on <= x.starts_on then core.fault('SA010', 'ends_on', x.ends_on::text, 'a day after starts_on')
        end
      ) as fault,
      (t.name, t.starts_on, t.ends_on) is not distinct from (x.name, x.starts_on, x.ends_on) as is_same
    from core.read_entries('term', put_terms.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text, starts_on date, ends_on date)
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
      select t.id, t.name, t.starts_on, t.ends_on
      from school.term as t
      where t.tenant_id = v_actor.tenant_id
        and t.site_id = s.id
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
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), written as (
    insert into school.term (tenant_id, id, site_id, code, name, starts_on, ends_on)
    select v_actor.tenant_id, j.id, j.site_id, j.code, j.name, j.starts_on, j.ends_on
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint term_pkey do update set
      name = excluded.name,
      starts_on = excluded.starts_on,
      ends_on = excluded.ends_on
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_terms', v_outcomes) as o;
end $$;
comment on function api.put_terms(jsonb, text) is
  'Adds or changes terms; the format of the entries is core.entry_field''s ''term'', the natural key site and code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_terms(jsonb, text) to smartattend_app;

commit;
