-- Deploy smartattend:api/clock_report to pg
begin;
set local role smartattend_owner;

create function api.clock_report(
  key uuid,
  probe_key uuid,
  sent_at timestamptz,
  received_at timestamptz,
  boot_id uuid,
  sent_monotonic_us bigint,
  received_monotonic_us bigint,
  last_sequence_number bigint default null,
  queued integer default null,
  oldest_claimed_at timestamptz default null,
  oldest_boot_id uuid default null,
  oldest_sequence_number bigint default null,
  oldest_monotonic_us bigint default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(clock_report.token);
  v_payload jsonb := jsonb_build_array(
    clock_report.probe_key, date_part('epoch', clock_report.sent_at), date_part('epoch', clock_report.received_at), clock_report.boot_id,
    clock_report.sent_monotonic_us, clock_report.received_monotonic_us, clock_report.last_sequence_number, clock_report.queued,
    date_part('epoch', clock_report.oldest_claimed_at), clock_report.oldest_boot_id, clock_report.oldest_sequence_number,
    clock_report.oldest_monotonic_us
  );
  v_now timestamptz := core.clock();
  v_outcome core.outcome;
  v_probe timing.clock_probe;
  v_clock timing.device_clock;
begin
  if num_nulls(
    clock_report.probe_key, clock_report.sent_at, clock_report.received_at, clock_report.boot_id, clock_report.sent_monotonic_us,
    clock_report.received_monotonic_us
  ) > 0 then
    perform core.fail('SA012', 'a null', 'probe_key, sent_at, received_at, boot_id, sent_monotonic_us and received_monotonic_us');
  end if;
  if least(clock_report.sent_at, clock_report.received_at, clock_report.oldest_claimed_at) < timestamptz '1970-01-01 00:00+00'
    or greatest(clock_report.sent_at, clock_report.received_at, clock_report.oldest_claimed_at) >= timestamptz '2200-01-01 00:00+00'
  then
    perform core.fail(
      'SA010', format('%s, %s, %s', clock_report.sent_at, clock_report.received_at, clock_report.oldest_claimed_at),
      'instants from 1970 to 2199'
    );
  end if;
  if least(
    clock_report.sent_monotonic_us, clock_report.last_sequence_number, clock_report.queued, clock_report.oldest_sequence_number,
    clock_report.oldest_monotonic_us
  ) < 0
    or clock_report.received_monotonic_us > 1000000000000000
    or clock_report.received_monotonic_us - clock_report.sent_monotonic_us not between 0 and 86400000000
  then
    perform core.fail(
      'SA010', format('monotonic %s to %s µs', clock_report.sent_monotonic_us, clock_report.received_monotonic_us),
      'counts from zero on, an answer within a day of its probe, a boot of at most 31 years'
    );
  end if;
  v_outcome := ledger.claim('clock_report', clock_report.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  select p.* into v_probe
  from timing.clock_probe as p
  where p.tenant_id = v_actor.tenant_id and p.key = clock_report.probe_key;
  if not found then
    perform core.fail('SA011', 'probe_key ' || coalesce(clock_report.probe_key::text, 'null'), 'the key of a probe of this tenant');
  end if;
  v_outcome := timing.sampling_refusal(v_actor, v_probe.device_id);
  if v_outcome.status is null then
    -- Reports of one device follow each other.
    perform from timing.device as d
    where d.tenant_id = v_actor.tenant_id and d.id = v_probe.device_id
    for no key update;
    if exists (
      select from timing.clock_sample as s where s.tenant_id = v_actor.tenant_id and s.probe_key = clock_report.probe_key
    ) then
      v_outcome := core.refused('SA112', jsonb_build_object('observed', 'a report of this probe', 'expected', 'one report a probe'));
    end if;
  end if;
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('clock_report', clock_report.key, v_payload, v_outcome), clock_report.key);
  end if;
  perform identity.become_system();
  v_clock := timing.take_sample((
    v_actor.tenant_id, clock_report.probe_key, v_probe.device_id, clock_report.boot_id, clock_report.sent_at, v_probe.received_at,
    v_probe.answered_at, clock_report.received_at, clock_report.sent_monotonic_us, clock_report.received_monotonic_us, null, null, null,
    null, null, null, clock_report.last_sequence_number, clock_report.queued, clock_report.oldest_claimed_at,
    clock_report.oldest_boot_id, clock_report.oldest_sequence_number, clock_report.oldest_monotonic_us, v_now, null, null, null
  ));
  return core.finish(
    core.accepted(
      v_probe.device_id, null,
      jsonb_build_object(
        'state', v_clock.state,
        'offset_us', v_clock.offset_us,
        'error_us', v_clock.error_us
      )
    ),
    clock_report.key
  );
end $$;
comment on function api.clock_report(
  uuid, uuid, timestamptz, timestamptz, uuid, bigint, bigint, bigint, integer, timestamptz, uuid, bigint, bigint, text
) is
  'What a device''s clocks showed when it sent a probe and when it had the answer: the second half of an exchange of time stamps (RFC 5905). The server''s stamps are those that it kept. monotonic_us: microseconds since the boot, sleep included. last_sequence_number: the highest number that this boot has given to a punch (0: none yet). queued: how many punches wait for delivery (null: not said), oldest_…: what the oldest of them says. Answers id = the device, detail {state, offset_us, error_us} of its clock. A probe is reported once. Errors SA001–SA006, SA010 (the stamps contradict each other), SA011, SA012; refusals SA102, SA104, SA107, SA112.';
grant execute on function api.clock_report(
  uuid, uuid, timestamptz, timestamptz, uuid, bigint, bigint, bigint, integer, timestamptz, uuid, bigint, bigint, text
) to smartattend_app;

commit;
