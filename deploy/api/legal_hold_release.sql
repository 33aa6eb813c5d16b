-- Deploy smartattend:api/legal_hold_release to pg
begin;
set local role smartattend_owner;

create function api.legal_hold_release(
  key uuid,
  tenant_id uuid,
  hold_id uuid,
  reason text,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(legal_hold_release.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', legal_hold_release.tenant_id, 'hold_id', legal_hold_release.hold_id, 'reason', legal_hold_release.reason
  );
  v_outcome core.outcome;
  v_state text;
  v_hold tenancy.legal_hold;
begin
  v_outcome := identity.claim_platform('legal_hold_release', legal_hold_release.key, v_payload, legal_hold_release.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if core.is_reason(legal_hold_release.reason) is not true then
    perform core.fail('SA013', coalesce(left(legal_hold_release.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  perform identity.bind_target(legal_hold_release.tenant_id);
  v_state := tenancy.lock_state(legal_hold_release.tenant_id);
  select h.* into v_hold
  from tenancy.legal_hold as h
  where h.tenant_id = legal_hold_release.tenant_id and h.id = legal_hold_release.hold_id;
  if not found then
    perform core.fail('SA011', 'hold_id ' || coalesce(legal_hold_release.hold_id::text, 'null'), 'a legal hold of this tenant');
  end if;
  if v_hold.released_at is not null then
    v_outcome := core.refused('SA112', jsonb_build_object('observed', 'released before', 'expected', 'a live hold'));
  elsif v_hold.placed_by = v_actor.user_id then
    v_outcome := core.refused('SA105', jsonb_build_object('observed', 'placed by this person', 'expected', 'another person'));
  else
    update tenancy.legal_hold as h
    set released_by = v_actor.user_id, released_at = greatest(core.clock(), h.placed_at), release_reason = legal_hold_release.reason
    where h.tenant_id = legal_hold_release.tenant_id and h.id = legal_hold_release.hold_id;
    v_outcome := core.accepted(v_hold.id, null, jsonb_build_object('tenant_id', legal_hold_release.tenant_id, 'state', v_state));
  end if;
  return identity.finish_platform(
    v_outcome, legal_hold_release.key, 'legal_hold_release', v_payload, legal_hold_release.tenant_id, jsonb_build_object('state', v_state),
    reason => legal_hold_release.reason
  );
end $$;
comment on function api.legal_hold_release(uuid, uuid, uuid, text, text) is
  'Releases a legal hold, by another person than the one who placed it. Platform session with tenant.operate. Errors SA001–SA006, SA011–SA013; refusals SA102, SA104, SA105, SA112 (it was released before).';
grant execute on function api.legal_hold_release(uuid, uuid, uuid, text, text) to smartattend_app, smartattend_operator;

commit;
