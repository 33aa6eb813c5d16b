-- Deploy smartattend:api/check_in to pg
begin;
set local role smartattend_owner;

create function api.check_in(
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
  v_actor core.actor := identity.bind_session(check_in.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('check_in', check_in.key, to_jsonb(check_in.subject_id), core.refused('SA107')));
  end if;
  return core.finish(attendance.capture(
    v_actor, 'in', check_in.key, coalesce(check_in.subject_id, v_actor.user_id),
    (
      check_in.claimed_at, check_in.claimed_zone, check_in.device_id, check_in.boot_id, check_in.sequence_number,
      check_in.monotonic_us, check_in.latitude, check_in.longitude, check_in.accuracy_m, check_in.evidence
    )
  ));
end $$;
comment on function api.check_in(
  uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text
) is
  'Checks a person in (subject_id null: oneself) and answers the record: id, revision, detail {session_id, state, code, business_date, effective_at, basis}. The same key again is replayed; another key with the same direction within a minute answers the first punch. Weak evidence never refuses a person. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107, SA117.';
grant execute on function api.check_in(
  uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text
) to smartattend_app;

commit;
