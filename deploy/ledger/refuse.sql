-- Deploy smartattend:ledger/refuse to pg
begin;
set local role smartattend_ledger;

create function ledger.refuse(command text, key uuid, payload jsonb, outcome core.outcome)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
begin
  insert into ledger.refusal (tenant_id, command, key, payload_hash, code, detail, actor_id, session_id, device_id, elapsed_us)
  values (
    coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), refuse.command, refuse.key,
    core.payload_hash(refuse.payload), (refuse.outcome).code, (refuse.outcome).detail,
    v_actor.user_id, v_actor.session_id, v_actor.device_id,
    core.elapsed_us(v_actor)
  )
  on conflict on constraint refusal_is_kept_once do nothing;
  return refuse.outcome;
end $$;
comment on function ledger.refuse(text, uuid, jsonb, core.outcome) is
  'Keeps a refusal and hands the outcome back: return core.finish(ledger.refuse(…)). The same refusal of the same key and payload is kept once.';
grant execute on function ledger.refuse(text, uuid, jsonb, core.outcome) to smartattend_owner;

create function ledger.claim(command text, key uuid, payload jsonb)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome core.outcome := core.claim(claim.command, claim.key, claim.payload);
begin
  if v_outcome.status is null then
    return null;
  elsif v_outcome.status = 'refused' then
    v_outcome := ledger.refuse(claim.command, claim.key, claim.payload, v_outcome);
  end if;
  return core.finish(v_outcome);
end $$;
comment on function ledger.claim(text, uuid, jsonb) is
  'How a command begins: core.claim, whose answer is finished and whose refusal is kept. Null means go on and end with core.finish(outcome, key); otherwise return it.';
grant execute on function ledger.claim(text, uuid, jsonb) to smartattend_owner;

commit;
