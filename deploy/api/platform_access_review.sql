-- Deploy smartattend:api/platform_access_review to pg
begin;
set local role smartattend_owner;

create function api.platform_access_review(key uuid, tenant_id uuid, access_id uuid, verdict text, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_access_review.token, 'tenant.audit');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', platform_access_review.tenant_id, 'access_id', platform_access_review.access_id, 'verdict', platform_access_review.verdict
  );
  v_outcome core.outcome;
begin
  if core.is_reason(platform_access_review.reason) is not true then
    perform core.fail('SA013', coalesce(left(platform_access_review.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if coalesce(platform_access_review.verdict in ('justified', 'abused'), false) is false then
    perform core.fail('SA010', 'verdict ' || coalesce(left(platform_access_review.verdict, 64), 'null'), 'justified or abused');
  end if;
  v_outcome := identity.claim_platform('platform_access_review', platform_access_review.key, v_payload, platform_access_review.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  perform identity.bind_target(platform_access_review.tenant_id);
  v_outcome := identity.review_support(
    platform_access_review.tenant_id, platform_access_review.access_id, platform_access_review.verdict, platform_access_review.reason
  );
  return identity.finish_platform(
    v_outcome, platform_access_review.key, 'platform_access_review', v_payload, platform_access_review.tenant_id,
    reason => platform_access_review.reason
  );
end $$;
comment on function api.platform_access_review(uuid, uuid, uuid, text, text, text) is
  'Gives the platform''s verdict on an access of the platform to a tenant that is over: justified or abused, with a reason, once, and by another person than the one that had it. Platform session with tenant.audit. Errors SA001–SA006, SA010–SA013, SA104; refusals SA101, SA102, SA105, SA112.';
grant execute on function api.platform_access_review(uuid, uuid, uuid, text, text, text) to smartattend_app, smartattend_operator;

commit;
