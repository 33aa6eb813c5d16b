-- Deploy smartattend:identity/review_support to pg
begin;
set local role smartattend_session;

create function identity.review_support(tenant_id uuid, access_id uuid, verdict text, reason text)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_outcome core.outcome;
  v_access identity.support_access;
begin
  if not (v_actor.kind = 'platform' or (v_actor.kind = 'user' and v_actor.tenant_id = review_support.tenant_id)) then
    v_outcome := core.refused('SA104', '{"expected": "a person of the tenant or of the platform, in the own name"}');
    return v_outcome;
  end if;
  select a.* into v_access
  from identity.support_access as a
  where a.tenant_id = review_support.tenant_id and a.id = review_support.access_id;
  if not found then
    perform core.fail('SA011', 'access_id ' || coalesce(review_support.access_id::text, 'null'), 'an access of the platform to this tenant');
  end if;
  if v_access.user_id = v_actor.user_id then
    v_outcome := core.refused('SA105', jsonb_build_object('observed', 'who had the access', 'expected', 'another person'));
    return v_outcome;
  end if;
  if v_access.expires_at > core.clock() and not exists (
    select from identity.support_end as e where e.tenant_id = v_access.tenant_id and e.access_id = v_access.id
  ) then
    v_outcome := core.refused('SA101', jsonb_build_object('observed', 'it may go on until ' || v_access.expires_at, 'expected', 'an access that is over'));
    return v_outcome;
  end if;
  insert into identity.support_review (tenant_id, access_id, doer_id, reviewer_id, reviewed_for, verdict, reason, session_id)
  values (
    v_access.tenant_id, v_access.id, v_access.user_id, v_actor.user_id, case v_actor.kind when 'platform' then 'platform' else 'tenant' end,
    review_support.verdict, review_support.reason, v_actor.session_id
  )
  on conflict on constraint support_review_pkey do nothing;
  if not found then
    v_outcome := core.refused('SA112', jsonb_build_object('observed', 'a verdict', 'expected', 'an access without one'));
    return v_outcome;
  end if;
  v_outcome := core.accepted(v_access.id, null, jsonb_build_object('kind', v_access.kind, 'verdict', review_support.verdict));
  return v_outcome;
end $$;
comment on function identity.review_support(uuid, uuid, text, text) is
  'Gives the one verdict on an access of the platform that is over, in the name of the bound person, who is not the one that had it. Error SA011; refusals SA101, SA104, SA105, SA112.';
grant execute on function identity.review_support(uuid, uuid, text, text) to smartattend_owner;

commit;
