-- Deploy smartattend:core/idempotency to pg
begin;
set local role smartattend_owner;

create table core.idempotency (
  tenant_id uuid not null,
  key uuid not null,
  command text not null,
  payload_hash core.sha256 not null,
  outcome core.outcome,
  actor_id uuid,
  session_id uuid,
  recorded_at timestamptz not null default core.clock(),
  elapsed_us bigint,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint idempotency_pkey primary key (tenant_id, key)
);
comment on table core.idempotency is
  'Keys of commands that have no row of their own to carry them. Inserted first, so that a concurrent caller with the same key waits; the outcome is filled once, before the return. A refusal does not consume the key. The nil UUID is the tenant of platform commands.';

create function core.payload_hash(payload jsonb)
returns bytea
language sql
immutable
as $$ select pg_catalog.sha256(pg_catalog.convert_to(coalesce(payload_hash.payload, 'null'::jsonb)::text, 'UTF8')) $$;
comment on function core.payload_hash(jsonb) is 'SHA-256 of a payload in jsonb''s canonical text.';

create function core.claim(command text, key uuid, payload jsonb)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hash bytea := core.payload_hash(claim.payload);
  v_row core.idempotency;
  v_outcome core.outcome;
begin
  if claim.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this command');
  end if;
  insert into core.idempotency (tenant_id, key, command, payload_hash, actor_id, session_id)
  values (
    coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), claim.key, claim.command, v_hash,
    (core.actor()).user_id, (core.actor()).session_id
  )
  on conflict on constraint idempotency_pkey do nothing;
  if found then
    return null;
  end if;
  -- A statement of its own: the winner may have committed only after the insert's snapshot was taken.
  select i.* into v_row
  from core.idempotency as i
  where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
    and i.key = claim.key;
  if v_row.command = claim.command and v_row.payload_hash = v_hash then
    v_outcome := v_row.outcome;
    v_outcome.status := 'replayed';
    return v_outcome;
  end if;
  v_outcome := core.refused('SA102', jsonb_build_object('observed', claim.command, 'expected', v_row.command));
  return v_outcome;
end $$;
comment on function core.claim(text, uuid, jsonb) is
  'Takes a command''s key: null means go on and end with core.finish(outcome, key). Otherwise the answer is ready: the first outcome as replayed, or the refusal SA102 for another payload. A concurrent caller with the same key waits here.';

create function core.finish(outcome core.outcome, key uuid default null)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if finish.key is not null then
    if (finish.outcome).status = 'refused' then
      delete from core.idempotency as i
      where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
        and i.key = finish.key
        and (i.outcome).status is null;
    elsif (finish.outcome).status = 'accepted' then
      update core.idempotency as i
      set outcome = finish.outcome,
        elapsed_us = core.elapsed_us(core.actor())
      where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
        and i.key = finish.key
        and (i.outcome).status is null;
    end if;
  end if;
  -- Under PostgREST the answer to a refusal has a status of its own; a connection that serves the next request starts clean.
  if current_setting('request.method', true) <> '' then
    perform set_config(
      'response.status',
      case when (finish.outcome).status <> 'refused' then '' when (finish.outcome).code = 'SA104' then '403' else '409' end,
      true
    );
  end if;
  return finish.outcome;
end $$;
comment on function core.finish(core.outcome, uuid) is
  'The last step of every command: fills the claimed key''s outcome with the time since the bind (a refusal gives the key back), and sets response.status under PostgREST (409, or 403 for a missing permission).';

create function core.guard_idempotency()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' and old.tenant_id = core.erased_tenant() then
    return old;
  end if;
  if (old.outcome).status is not null
    or (tg_op = 'UPDATE' and (new.tenant_id, new.key, new.command, new.payload_hash, new.recorded_at, new.xid)
      is distinct from (old.tenant_id, old.key, old.command, old.payload_hash, old.recorded_at, old.xid))
  then
    perform core.fail('SA020', lower(tg_op) || ' of core.idempotency', 'an outcome that is filled once');
  end if;
  return case when tg_op = 'UPDATE' then new else old end;
end $$;
comment on function core.guard_idempotency() is 'An outcome is filled once; a key is given back only while it has none. Keys go with their tenant.';

create trigger idempotency_100_filled_once
before update or delete on core.idempotency
for each row execute function core.guard_idempotency();
create trigger idempotency_100_no_truncate
before truncate on core.idempotency
for each statement execute function core.refuse_change();
alter table core.idempotency enable always trigger idempotency_100_filled_once;
alter table core.idempotency enable always trigger idempotency_100_no_truncate;

alter table core.idempotency enable row level security;
alter table core.idempotency force row level security;
create policy owner_sees_the_bound_tenant on core.idempotency
for all to smartattend_owner
using (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)))
with check (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)));

commit;
