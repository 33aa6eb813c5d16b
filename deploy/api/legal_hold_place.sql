-- Deploy smartattend:api/legal_hold_place to pg
begin;
set local role smartattend_owner;

create function api.legal_hold_place(
  key uuid,
  tenant_id uuid,
  ticket text,
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
  v_actor core.actor := identity.bind_platform(legal_hold_place.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', legal_hold_place.tenant_id, 'ticket', legal_hold_place.ticket, 'reason', legal_hold_place.reason
  );
  v_outcome core.outcome;
  v_state text;
  v_id uuid := core.uuid_v7();
begin
  v_outcome := identity.claim_platform('legal_hold_place', legal_hold_place.key, v_payload, legal_hold_place.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if core.is_reason(legal_hold_place.reason) is not true then
    perform core.fail('SA013', coalesce(left(legal_hold_place.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if core.is_code(legal_hold_place.ticket) is not true then
    perform core.fail('SA012', coalesce(left(legal_hold_place.ticket, 64), 'null'), 'the ticket of the case: a code of 1 to 64 characters');
  end if;
  perform identity.bind_target(legal_hold_place.tenant_id);
  v_state := tenancy.lock_state(legal_hold_place.tenant_id);
  if v_state = 'purged' then
    v_outcome := core.refused('SA107', jsonb_build_object('observed', v_state));
  else
    insert into tenancy.legal_hold (tenant_id, id, ticket, reason)
    values (legal_hold_place.tenant_id, v_id, legal_hold_place.ticket, legal_hold_place.reason);
    v_outcome := core.accepted(v_id, null, jsonb_build_object('tenant_id', legal_hold_place.tenant_id, 'state', v_state));
  end if;
  return identity.finish_platform(
    v_outcome, legal_hold_place.key, 'legal_hold_place', v_payload, legal_hold_place.tenant_id, jsonb_build_object('state', v_state),
    reason => legal_hold_place.reason
  );
end $$;
comment on function api.legal_hold_place(uuid, uuid, text, text, text) is
  'Places a legal hold on a tenant: while one is live, it is not purged. Answers the hold''s id. Platform session with tenant.operate. Errors SA001–SA006, SA011–SA013; refusals SA102, SA104, SA107 (it is purged).';
grant execute on function api.legal_hold_place(uuid, uuid, text, text, text) to smartattend_app, smartattend_operator;

commit;
