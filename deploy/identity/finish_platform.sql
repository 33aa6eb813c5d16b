-- Deploy smartattend:identity/finish_platform to pg
begin;
set local role smartattend_session;

create function identity.platform_justification()
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_now timestamptz := core.clock();
  v_justification jsonb;
begin
  -- Whoever is about to end the session is not waited for.
  update identity.platform_session as s
  set last_seen_at = v_now
  where v_actor.kind = 'platform' and s.user_id = v_actor.user_id and s.id = (
    select o.id
    from identity.platform_session as o
    where o.user_id = v_actor.user_id and o.id = v_actor.session_id and o.last_seen_at < v_now - interval '1 minute'
    for no key update skip locked
  );
  select jsonb_build_object('session_reason', s.reason, 'ticket', s.ticket, 'mfa_level', s.mfa_level) into v_justification
  from identity.platform_session as s
  where s.user_id = v_actor.user_id and s.id = v_actor.session_id and v_actor.kind = 'platform';
  if not found then
    perform core.fail('SA104', 'no platform session is bound', 'a platform session');
  end if;
  return v_justification;
end $$;
comment on function identity.platform_justification() is 'Why the bound platform session was opened: {session_reason, ticket, mfa_level}; and that it is in use, as the last thing that a command does. Error SA104.';
grant execute on function identity.platform_justification() to smartattend_owner;

set local role smartattend_owner;
create function identity.finish_platform(
  outcome core.outcome, key uuid, command text, payload jsonb, tenant_id uuid default null, before jsonb default null, after jsonb default null,
  reason text default null, shown_once jsonb default null
)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_outcome core.outcome := finish_platform.outcome;
begin
  if v_outcome.status = 'refused' then
    v_outcome := ledger.refuse(finish_platform.command, finish_platform.key, finish_platform.payload, v_outcome);
    finish_platform.after := null;
  end if;
  if v_outcome.status <> 'replayed' then
    perform identity.bind_target(finish_platform.tenant_id);
    insert into identity.platform_action (tenant_id, user_id, session_id, command, key, before, after, justification, status, code)
    values (
      coalesce(finish_platform.tenant_id, '00000000-0000-0000-0000-000000000000'), v_actor.user_id, v_actor.session_id,
      finish_platform.command, finish_platform.key, finish_platform.before, coalesce(finish_platform.after, finish_platform.payload),
      identity.platform_justification() || jsonb_strip_nulls(jsonb_build_object('reason', finish_platform.reason)),
      v_outcome.status, v_outcome.code
    );
  end if;
  perform identity.bind_target(null);
  v_outcome := core.finish(v_outcome, finish_platform.key);
  -- A token is told, and kept nowhere: its replay does not have it.
  v_outcome.detail := coalesce(v_outcome.detail || finish_platform.shown_once, v_outcome.detail);
  return v_outcome;
end $$;
comment on function identity.finish_platform(core.outcome, uuid, text, jsonb, uuid, jsonb, jsonb, text, jsonb) is
  'The last step of every platform command, in place of core.finish: keeps a refusal (ledger.refuse), keeps the action (identity.platform_action) under the tenant that it concerned with what it left (after; null or refused: what was asked), and unbinds it. shown_once is added to the detail that is answered, not to the one that is stored. A replay did nothing and leaves nothing.';

create function identity.claim_platform(command text, key uuid, payload jsonb, reason text default null)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome core.outcome := core.claim(claim_platform.command, claim_platform.key, claim_platform.payload);
begin
  if v_outcome.status is null then
    return null;
  end if;
  return identity.finish_platform(
    v_outcome, claim_platform.key, claim_platform.command, claim_platform.payload, reason => claim_platform.reason
  );
end $$;
comment on function identity.claim_platform(text, uuid, jsonb, text) is
  'core.claim for platform commands, in place of ledger.claim: null means go on and end with identity.finish_platform; otherwise the answer is finished, and a refusal kept.';

commit;
