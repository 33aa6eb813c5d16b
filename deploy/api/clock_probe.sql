-- Deploy smartattend:api/clock_probe to pg
begin;
set local role smartattend_owner;

create function api.clock_probe(key uuid, device_id uuid default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(clock_probe.token);
  v_payload jsonb := jsonb_build_object('device_id', clock_probe.device_id);
  v_outcome core.outcome;
  v_probe timing.clock_probe;
begin
  v_outcome := ledger.claim('clock_probe', clock_probe.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := timing.sampling_refusal(v_actor, coalesce(clock_probe.device_id, v_actor.device_id));
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('clock_probe', clock_probe.key, v_payload, v_outcome), clock_probe.key);
  end if;
  -- The binding read the clock before it did anything else.
  v_probe.received_at := timestamptz 'epoch' + v_actor.bound_us * interval '1 microsecond';
  v_probe.answered_at := greatest(core.clock(), v_probe.received_at);
  insert into timing.clock_probe (tenant_id, key, device_id, received_at, answered_at)
  values (
    v_actor.tenant_id, clock_probe.key, coalesce(clock_probe.device_id, v_actor.device_id), v_probe.received_at, v_probe.answered_at
  );
  return core.finish(
    core.accepted(
      clock_probe.key, null,
      jsonb_build_object(
        'received_us', (date_part('epoch', v_probe.received_at) * 1000000)::bigint,
        'answered_us', (date_part('epoch', v_probe.answered_at) * 1000000)::bigint
      )
    ),
    clock_probe.key
  );
end $$;
comment on function api.clock_probe(uuid, uuid, text) is
  'What time it is: the first half of an exchange of time stamps (RFC 5905). Answers id = key, detail {received_us, answered_us}, the server''s two stamps in microseconds since 1970, which are kept; api.clock_report takes what the device''s clocks showed meanwhile. device_id null: the device of the session. A repeat answers the first stamps, so the device keeps the time at which it sent the key first. Errors SA001–SA006, SA011, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.clock_probe(uuid, uuid, text) to smartattend_app;

commit;
