-- Deploy smartattend:integrity/rules_of_keys to pg
begin;
set local role smartattend_owner;

create function integrity.refused(reach integrity.reach, code text)
returns setof ledger.refusal
language sql
stable
rows 100
as $$
  select r.*
  from ledger.refusal as r
  where r.tenant_id = (select core.bound_tenant())
    and r.xid >= (refused.reach).since
    and r.xid < (refused.reach).until
    and r.code = refused.code
$$;
comment on function integrity.refused(integrity.reach, text) is 'What was refused with a code in a reach.';

create function integrity.f01(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    r.id, 'refusal', e.key, case when e.kind in ('in', 'out') then e.record_id end, e.session_id, e.subject_id,
    pg_catalog.jsonb_build_object(
      'key', r.key, 'command', r.command, 'payload_hash', pg_catalog.encode(r.payload_hash, 'hex'), 'actor_id', r.actor_id,
      'refused_at', attendance.utc(r.recorded_at)
    ),
    pg_catalog.jsonb_build_object('payload_hash', pg_catalog.encode(e.payload_hash, 'hex'), 'recorded_at', attendance.utc(e.recorded_at))
  from integrity.refused(f01.reach, 'SA102') as r
  left join lateral (
    select v.* from attendance.event as v where v.tenant_id = r.tenant_id and v.key = r.key limit 1
  ) as e on true
$$;
comment on function integrity.f01(integrity.reach) is 'F01: refusals of a key that was used before with another payload; on the event that has the key.';

create function integrity.f02(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    i.key, 'repeat', e.key, e.record_id, e.session_id, e.subject_id,
    pg_catalog.jsonb_build_object('key', i.key, 'recorded_at', attendance.utc(i.recorded_at)),
    pg_catalog.jsonb_build_object('key', e.key, 'effective_at', attendance.utc(e.effective_at))
  from core.idempotency as i
  cross join lateral (
    select v.*
    from attendance.event as v
    where v.tenant_id = i.tenant_id and v.record_id = (i.outcome).id and v.revision = (i.outcome).revision
    union all
    -- What matched nothing is known by its time.
    select v.*
    from attendance.event as v
    where (i.outcome).id is null
      and v.tenant_id = i.tenant_id
      and v.effective_at = core.instant((i.outcome).detail ->> 'effective_at')
      and v.record_id is null
      and 'repeat_' || v.kind = i.command
    limit 1
  ) as e
  where i.tenant_id = (select core.bound_tenant())
    and i.xid >= (f02.reach).since
    and i.xid < (f02.reach).until
    and i.command in ('repeat_in', 'repeat_out')
$$;
comment on function integrity.f02(integrity.reach) is 'F02: keys of repeats, on the first punch that answered them.';

create function integrity.f25(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    r.id, 'refusal', null::uuid, null::uuid, null::uuid, r.actor_id,
    pg_catalog.jsonb_build_object(
      'key', r.key, 'command', r.command, 'refused_at', attendance.utc(r.recorded_at), 'session_id', r.session_id, 'detail', r.detail
    ),
    pg_catalog.jsonb_build_object('actor', 'another person')
  from integrity.refused(f25.reach, 'SA105') as r
$$;
comment on function integrity.f25(integrity.reach) is 'F25: refusals since another person has to do it; about who tried.';

create function integrity.f30(reach integrity.reach)
returns setof integrity.finding
language sql
stable
rows 10
as $$
  select
    r.id, 'refusal', null::uuid, null::uuid, null::uuid, r.actor_id,
    pg_catalog.jsonb_build_object(
      'key', r.key, 'command', r.command, 'refused_at', attendance.utc(r.recorded_at), 'session_id', r.session_id, 'detail', r.detail
    ),
    pg_catalog.jsonb_build_object('period', 'open')
  from integrity.refused(f30.reach, 'SA117') as r
$$;
comment on function integrity.f30(integrity.reach) is 'F30: refusals since the period is closing or closed; about who tried.';

commit;
