-- Deploy smartattend:api/tenant_transition to pg
begin;
set local role smartattend_owner;

create function api.tenant_transition(
  key uuid,
  tenant_id uuid,
  via text,
  reason text default null,
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
  v_actor core.actor := identity.bind_platform(tenant_transition.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', tenant_transition.tenant_id, 'via', tenant_transition.via, 'reason', tenant_transition.reason
  ) || case when tenant_transition.to_state is null then '{}' else jsonb_build_object('to_state', tenant_transition.to_state) end;
  v_outcome core.outcome;
  v_now timestamptz;
  v_from text;
  v_move core.transition;
  v_stay tenancy.tenant_transition;
  v_code text;
  v_missing text[] := array[]::text[];
  v_approvers uuid[] := array[]::uuid[];
  v_tombstone tenancy.tombstone;
begin
  v_outcome := identity.claim_platform('tenant_transition', tenant_transition.key, v_payload, tenant_transition.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if tenant_transition.via in ('purge', 'discard') then
    -- What is erased is counted and deleted, and so has to be seen; and nobody may be adding to it.
    perform identity.bind_erasure(tenant_transition.tenant_id);
    perform from tenancy.tenant as t where t.tenant_id = tenant_transition.tenant_id for update;
  else
    perform identity.bind_target(tenant_transition.tenant_id);
  end if;
  v_from := tenancy.lock_state(tenant_transition.tenant_id);
  v_now := core.clock();
  v_move := tenancy.find_move(v_from, tenant_transition.via, tenant_transition.to_state);
  v_code := case
    when v_move.via is null then 'SA101'
    else core.transition_refusal('tenant', v_from, v_move.to_state, v_move.via, tenant_transition.reason, '{}')
  end;
  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(tenant_transition.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if v_code is null then
    select s.* into v_stay from tenancy.stays(tenant_transition.tenant_id) as s limit 1;
    v_missing := tenancy.missing(tenant_transition.tenant_id, v_move.via, v_stay, v_now) || array(
      select m.what
      from (values
        (
          'an administrator',
          v_move.via = 'activate' and not exists (
            select from identity.role_grant as g
            where g.tenant_id = tenant_transition.tenant_id and g.role in ('school_admin', 'corporate_admin')
              and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now
          )
        ),
        (
          'a site with a time zone',
          v_move.via = 'activate' and not exists (select from tenancy.site as s where s.tenant_id = tenant_transition.tenant_id)
        ),
        (
          'attendance codes',
          v_move.via = 'activate' and not exists (select from attendance.code as c where c.tenant_id = tenant_transition.tenant_id)
        ),
        (
          'no attendance events',
          v_move.via = 'discard' and exists (select from attendance.event as e where e.tenant_id = tenant_transition.tenant_id)
        )
      ) as m (what, is_so)
      where m.is_so
    );
    v_approvers := identity.approvers(tenant_transition.tenant_id, v_stay.id, v_move.via, v_move.to_state, v_now);
    v_code := case
      when v_missing <> '{}' then 'SA110'
      when cardinality(v_approvers) < v_move.approvals then 'SA114'
    end;
  end if;
  if v_code is null and v_move.to_state = 'purged' then
    v_tombstone := tenancy.purge(tenant_transition.tenant_id, v_move.via, tenant_transition.reason);
    v_outcome := core.accepted(
      tenant_transition.tenant_id, null,
      jsonb_build_object(
        'from', v_from, 'state', 'purged', 'rows', v_tombstone.rows, 'block', v_tombstone.block, 'block_hash', encode(v_tombstone.block_hash, 'hex')
      )
    );
  elsif v_code is null then
    update tenancy.tenant as t
    set state = v_move.to_state, state_via = v_move.via, state_reason = tenant_transition.reason
    where t.tenant_id = tenant_transition.tenant_id;
    if exists (
      select from tenancy.gate as before, tenancy.gate as after
      where before.state = v_from and after.state = v_move.to_state
        and (before.login = 'all' and after.login <> 'all' or before.login = 'administrators' and after.login = 'nobody')
    ) then
      perform identity.revoke_tenant_sessions(tenant_transition.tenant_id, 'tenant is ' || v_move.to_state);
    end if;
    v_outcome := core.accepted(tenant_transition.tenant_id, null, jsonb_build_object('from', v_from, 'state', v_move.to_state));
  else
    v_outcome := core.refused(
        v_code,
        jsonb_build_object('observed', v_from || ' via ' || coalesce(tenant_transition.via, 'null'))
        || case v_code
          when 'SA110' then jsonb_build_object('missing', v_missing)
          when 'SA114' then jsonb_build_object('approvals', cardinality(v_approvers), 'needed', v_move.approvals)
          else '{}'
        end
      );
  end if;
  return identity.finish_platform(
    v_outcome, tenant_transition.key, 'tenant_transition', v_payload, tenant_transition.tenant_id, jsonb_build_object('state', v_from),
    coalesce(v_outcome.detail, '{}') || jsonb_build_object('via', tenant_transition.via), tenant_transition.reason
  );
end $$;
comment on function api.tenant_transition(uuid, uuid, text, text, text, text) is
  'Moves a tenant through its lifecycle (smartattend machine show tenant). to_state says which, where a move leads to two states (reinstate). Leaving a state with log-in revokes the login sessions that the next one would not open, in the same transaction. What is missing stands in the detail: SA110 {missing} before activating, archiving, purging or discarding, SA114 {approvals, needed} until enough people have approved (api.tenant_approve). A purge erases the tenant''s rows and leaves a tombstone; detail {rows, block, block_hash}. Platform session with tenant.operate. Errors SA001–SA006, SA010–SA013, SA031 (seal before a purge); refusals SA101, SA102, SA104, SA110, SA114.';
grant execute on function api.tenant_transition(uuid, uuid, text, text, text, text) to smartattend_app, smartattend_operator;

commit;
