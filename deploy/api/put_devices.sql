-- Deploy smartattend:api/put_devices to pg
begin;
set local role smartattend_owner;

insert into core.entry_field (entry, field, position, kind, is_key, is_required, words, meaning) values
  ('device', 'code', 1, 'code', true, true, null, 'unique in the tenant'),
  ('device', 'site_code', 2, 'code', false, true, null, 'the site where it is'),
  ('device', 'name', 3, 'name', false, true, null, 'what people call it'),
  ('device', 'kind', 4, 'word', false, true, '{kiosk,gate,personal,server}', 'what it is');

create function api.put_devices(entries jsonb, token text default null)
returns setof core.batch_outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(put_devices.token);
  v_barred jsonb := identity.begin_put('administration_write');
  v_everywhere boolean := identity.holds('device.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      d.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('device.manage', r.id) then identity.scope_fault('device.manage')
          when d.site_id <> s.id and not v_everywhere then identity.scope_fault('device.manage')
          when d.retired_at is not null then core.fault('SA112', 'code', 'a code of a retired device', 'a new code')
        end
      ) as fault,
      (d.site_id, d.name, d.kind) is not distinct from (s.id, x.name, x.kind) as is_same
    from core.read_entries('device', put_devices.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (code text, site_code text, name text, kind text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join timing.device as d on d.tenant_id = v_actor.tenant_id and d.code = x.code
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.code order by e.ordinal)
  ), written as (
    insert into timing.device (tenant_id, id, site_id, code, name, kind)
    select v_actor.tenant_id, j.id, j.site_id, j.code, j.name, j.kind
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint device_pkey do update set
      site_id = excluded.site_id,
      name = excluded.name,
      kind = excluded.kind
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_devices', v_outcomes) as o;
end $$;
comment on function api.put_devices(jsonb, text) is
  'Registers or changes devices; the format of the entries is core.entry_field''s ''device'', the natural key the code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission device.manage for the site, for the whole tenant to move a device. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';
grant execute on function api.put_devices(jsonb, text) to smartattend_app;

commit;
