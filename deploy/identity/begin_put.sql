-- Deploy smartattend:identity/begin_put to pg
begin;
set local role smartattend_owner;

create function identity.begin_put(gate text, permission text default null)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
begin
  -- Puts of one tenant follow each other: what one judges as absent stays absent until it has written.
  select t.state into v_state
  from tenancy.tenant as t
  where t.tenant_id = core.bound_tenant()
  for no key update;
  if core.bound_tenant(begin_put.gate) is null then
    return core.fault('SA107', null, 'a tenant that is ' || v_state, 'a tenant state that allows ' || begin_put.gate);
  end if;
  if begin_put.permission is not null and not identity.holds(begin_put.permission) then
    return identity.scope_fault(begin_put.permission);
  end if;
  return null;
end $$;
comment on function identity.begin_put(text, text) is
  'The second statement of every api.put_*: locks the tenant''s row, so that its puts follow each other and what is judged holds until it is written. Null, or the fault of every entry: SA107 when the tenant''s state closes the gate, SA104 when the bound actor does not hold the permission (if one is given) for the whole tenant.';

create function identity.scope_fault(permission text)
returns jsonb
language sql
stable
as $$
  select core.fault('SA104', null, 'a session without ' || scope_fault.permission, scope_fault.permission || ' in this scope')
$$;
comment on function identity.scope_fault(text) is 'The fault SA104 of an entry that lies outside the scope of the bound actor''s permission.';

create function identity.finish_put(command text, outcomes core.batch_outcome[])
returns setof core.batch_outcome
language plpgsql
volatile
rows 1000
set search_path = pg_catalog, pg_temp
as $$
begin
  perform ledger.refuse(finish_put.command, null, r.payload, core.refused(r.code, r.detail))
  from (
    select
      o.code,
      jsonb_agg(jsonb_build_object('key', o.key, 'detail', o.detail) order by o.ordinal) as payload,
      jsonb_build_object('entries', count(*), 'keys', to_jsonb((array_agg(o.key order by o.ordinal))[1:100])) as detail
    from unnest(finish_put.outcomes) as o
    inner join core.error_code as e on e.code = o.code and e.kind = 'refusal'
    group by o.code
  ) as r;
  -- The call itself: what a metric counts. It is nobody's key.
  insert into core.idempotency (tenant_id, key, command, payload_hash, outcome, actor_id, session_id, elapsed_us)
  select
    core.bound_tenant(), core.uuid_v7(), finish_put.command, core.payload_hash(to_jsonb(c.entries)),
    case
      when c.accepted > 0 or c.entries = 0 then core.accepted(null, null, to_jsonb(c))
      when c.replayed > 0 then core.replayed(null, null, to_jsonb(c))
      else core.refused(c.code, to_jsonb(c))
    end,
    (core.actor()).user_id, (core.actor()).session_id, core.elapsed_us(core.actor())
  from (
    select
      count(*) as entries, count(*) filter (where o.status = 'accepted') as accepted, count(*) filter (where o.status = 'replayed') as replayed,
      min(o.code) as code
    from unnest(finish_put.outcomes) as o
  ) as c;
  return query
  select o.* from unnest(finish_put.outcomes) as o order by o.ordinal;
end $$;
comment on function identity.finish_put(text, core.batch_outcome[]) is
  'The last step of every api.put_*: keeps what policy refused (one row of ledger.refusal for each code, with the number of entries and the first 100 keys), notes the call with its numbers and its time in core.idempotency, as other commands are, and hands the outcomes out in the order of the entries.';

commit;
