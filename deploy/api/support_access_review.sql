-- Deploy smartattend:api/support_access_review to pg
begin;
set local role smartattend_owner;

create function api.support_access_review(key uuid, access_id uuid, verdict text, reason text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(support_access_review.token);
  v_payload jsonb := jsonb_build_object(
    'access_id', support_access_review.access_id, 'verdict', support_access_review.verdict, 'reason', support_access_review.reason
  );
  v_outcome core.outcome;
begin
  if core.is_reason(support_access_review.reason) is not true then
    perform core.fail('SA013', coalesce(left(support_access_review.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if coalesce(support_access_review.verdict in ('justified', 'abused'), false) is false then
    perform core.fail('SA010', 'verdict ' || coalesce(left(support_access_review.verdict, 64), 'null'), 'justified or abused');
  end if;
  v_outcome := ledger.claim('support_access_review', support_access_review.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if identity.holds('support.review') then
    v_outcome := identity.review_support(
      v_actor.tenant_id, support_access_review.access_id, support_access_review.verdict, support_access_review.reason
    );
  else
    v_outcome := core.refused('SA104', '{"expected": "support.review"}');
  end if;
  if v_outcome.status = 'refused' then
    v_outcome := ledger.refuse('support_access_review', support_access_review.key, v_payload, v_outcome);
  end if;
  return core.finish(v_outcome, support_access_review.key);
end $$;
comment on function api.support_access_review(uuid, uuid, text, text, text) is
  'Gives the tenant''s verdict on an access of the platform (api.support_access) that is over: justified or abused, with a reason, once. Permission support.review, in the own name. Errors SA001–SA006, SA010–SA013; refusals SA101, SA102, SA104, SA105, SA112.';
grant execute on function api.support_access_review(uuid, uuid, text, text, text) to smartattend_app;

commit;
