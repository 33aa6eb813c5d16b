-- Deploy smartattend:timing/sampling_refusal to pg
begin;
set local role smartattend_owner;

create function timing.sampling_refusal(actor core.actor, device_id uuid)
returns core.outcome
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_kind text;
begin
  if core.bound_tenant('capture_write') is null then
    return core.refused('SA107');
  end if;
  if sampling_refusal.device_id is null then
    perform core.fail('SA012', 'device_id is null', 'device_id, or the session of a device');
  end if;
  select d.kind into v_kind
  from timing.device as d
  where d.tenant_id = actor.tenant_id and d.id = sampling_refusal.device_id and d.retired_at is null;
  if not found then
    perform core.fail('SA011', 'device_id ' || sampling_refusal.device_id::text, 'a device of this tenant that is in service');
  end if;
  -- Who could report for a kiosk could make a late arrival timely.
  if sampling_refusal.device_id = actor.device_id
    or actor.device_id is null and (v_kind = 'personal' or identity.holds('device.manage'))
  then
    return null;
  end if;
  return core.refused('SA104', jsonb_build_object('expected', 'the session of this device, or device.manage'));
end $$;
comment on function timing.sampling_refusal(core.actor, uuid) is
  'What speaks against a session''s reporting on a device''s clock, or null: a device reports on itself, a person on a personal device, who holds device.manage on any. Errors SA011, SA012; refusals SA104, SA107.';

commit;
