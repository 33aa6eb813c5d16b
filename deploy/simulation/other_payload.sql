-- Deploy smartattend:simulation/other_payload to pg
begin;
set local role smartattend_owner;

create function simulation.overwritten_key(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  with submission as (
    select
      c.*,
      -- min and max over the acknowledged ones: two different payloads that both stood are a violation of their own
      min(encode(c.payload_hash, 'hex')) filter (where c.outcome in ('accepted', 'replayed')) over (partition by c.key) as first_standing,
      max(encode(c.payload_hash, 'hex')) filter (where c.outcome in ('accepted', 'replayed')) over (partition by c.key) as last_standing,
      min(encode(c.payload_hash, 'hex')) over (partition by c.key) <> max(encode(c.payload_hash, 'hex')) over (partition by c.key) as is_contested
    from simulation.call as c
    where c.tenant_id = overwritten_key.tenant_id
      and c.run_id = overwritten_key.run_id
      and (overwritten_key.scenario is null or c.scenario = overwritten_key.scenario)
      and c.outcome in ('accepted', 'replayed', 'refused')
  )
  select
    'key ' || s.key, 'one payload stands, every other is refused with SA102',
    case
      when s.first_standing <> s.last_standing then 'two payloads were acknowledged'
      when encode(s.payload_hash, 'hex') = s.first_standing then 'the payload that stands was refused with ' || s.code
      else 'another payload ended as ' || s.outcome || coalesce(' ' || s.code, '')
    end,
    jsonb_build_object('key', s.key, 'call', s.number, 'variant', s.variant, 'outcome', s.outcome, 'code', s.code)
  from submission as s
  where s.is_contested
    and s.first_standing is not null
    and (
      (s.outcome <> 'refused' and (s.first_standing <> s.last_standing))
      or (s.outcome = 'refused' and (s.code <> 'SA102' or encode(s.payload_hash, 'hex') = s.first_standing))
    )
$$;
comment on function simulation.overwritten_key(uuid, uuid, text) is
  'Keys that were sent with several payloads and did not behave: exactly one payload stands, and all others are refused with SA102.';

create function simulation.unkept_refusal(tenant_id uuid, run_id uuid, scenario text default null)
returns setof simulation.violation
language sql
stable
rows 10
as $$
  select
    'call ' || c.number, 'the refusal is kept in ledger.refusal', 'it is not',
    jsonb_build_object('call', c.number, 'key', c.key, 'code', c.code, 'subject_id', c.subject_id)
  from simulation.call as c
  where c.tenant_id = unkept_refusal.tenant_id
    and c.run_id = unkept_refusal.run_id
    and (unkept_refusal.scenario is null or c.scenario = unkept_refusal.scenario)
    and c.outcome = 'refused'
    and not exists (
      select from ledger.refusal as f
      where f.tenant_id = c.tenant_id and f.key = c.key and f.code = c.code
    )
$$;
comment on function simulation.unkept_refusal(uuid, uuid, text) is 'Refusals that a client was told and that left no evidence.';

commit;
