-- Deploy smartattend:api/tenant_approve to pg
begin;
set local role smartattend_owner;

create function api.tenant_approve(
  key uuid,
  tenant_id uuid,
  via text,
  reason text,
  to_state text default null,
  token text default null
)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(tenant_approve.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', tenant_approve.tenant_id, 'via', tenant_approve.via, 'to_state', tenant_approve.to_state, 'reason', tenant_approve.reason
  );
  v_outcome core.outcome;
  v_state text;
  v_now timestamptz;
  v_move core.transition;
  v_stay uuid;
  v_approvers uuid[];
begin
  v_outcome := identity.claim_platform('tenant_approve', tenant_approve.key, v_payload, tenant_approve.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if core.is_reason(tenant_approve.reason) is not true then
    perform core.fail('SA013', coalesce(left(tenant_approve.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  perform identity.bind_target(tenant_approve.tenant_id);
  v_state := tenancy.lock_state(tenant_approve.tenant_id);
  v_now := core.clock();
  v_move := tenancy.find_move(v_state, tenant_approve.via, tenant_approve.to_state);
  if v_move.via is null then
    v_outcome := core.refused('SA101', jsonb_build_object('observed', v_state || ' via ' || coalesce(tenant_approve.via, 'null')));
  elsif v_move.approvals = 0 then
    perform core.fail('SA010', 'via ' || v_move.via, 'a move that needs approvals: smartattend machine show tenant');
  else
    select s.id into v_stay from tenancy.stays(tenant_approve.tenant_id) as s limit 1;
    v_approvers := identity.approvers(tenant_approve.tenant_id, v_stay, v_move.via, v_move.to_state, v_now);
    if v_actor.user_id = any (v_approvers) then
      v_outcome := core.refused('SA105', jsonb_build_object('observed', 'approved by this person', 'expected', 'another person'));
    else
      insert into tenancy.approval (tenant_id, stay_id, via, to_state, reason, recorded_at)
      values (tenant_approve.tenant_id, v_stay, v_move.via, v_move.to_state, tenant_approve.reason, v_now);
      v_outcome := core.accepted(
        tenant_approve.tenant_id, null,
        jsonb_build_object(
          'from', v_state, 'to', v_move.to_state, 'via', v_move.via, 'approvals', cardinality(v_approvers) + 1, 'needed', v_move.approvals
        )
      );
    end if;
  end if;
  return identity.finish_platform(
    v_outcome, tenant_approve.key, 'tenant_approve', v_payload, tenant_approve.tenant_id, jsonb_build_object('state', v_state),
    reason => tenant_approve.reason
  );
end $$;
comment on function api.tenant_approve(uuid, uuid, text, text, text, text) is
  'Approves a move of a tenant that needs two people: to reinstate, restore or purge it. An approval counts for 72 hours, only while the tenant stays in its state and the approver holds tenant.operate. to_state says which, where a move leads to two states. Answers detail {from, to, via, approvals, needed}. Platform session with tenant.operate. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105 (approved already).';
grant execute on function api.tenant_approve(uuid, uuid, text, text, text, text) to smartattend_app, smartattend_operator;

commit;
