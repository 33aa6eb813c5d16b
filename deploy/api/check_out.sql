-- Deploy smartattend:api/check_out to pg
begin;
set local role smartattend_owner;

create function api.check_out(
  key uuid,
  subject_id uuid default null,
  claimed_at timestamptz default null,
  claimed_zone text default null,
  device_id uuid default null,
  boot_id uuid default null,
  sequence_number bigint default null,
  monotonic_us bigint default null,
  latitude double precision default null,
  longitude double precision default null,
  accuracy_m double precision default null,
  evidence jsonb default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(check_out.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('check_out', check_out.key, to_jsonb(check_out.subject_id), core.refused('SA107')));
  end if;
  return core.finish(attendance.capture(
    v_actor, 'out', check_out.key, coalesce(check_out.subject_id, v_actor.user_id),
    (
      check_out.claimed_at, check_out.claimed_zone, check_out.device_id, check_out.boot_id, check_out.sequence_number,
      check_out.monotonic_us, check_out.latitude, check_out.longitude, check_out.accuracy_m, check_out.evidence
    )
  ));
end $$;
comment on function api.check_out(
  uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text
) is
  'Checks a person out (subject_id null: oneself): closes the open record, whatever the date; without one the claim is kept and id is null. The same key again is replayed. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107, SA117.';
grant execute on function api.check_out(
  uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text
) to smartattend_app;

commit;
