-- Verify smartattend:core/idempotency on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  key,
  command,
  payload_hash,
  outcome,
  actor_id,
  session_id,
  recorded_at,
  elapsed_us,
  xid,
  epoch
from core.idempotency
where false;
select pg_get_functiondef('core.payload_hash(jsonb)'::regprocedure);
select pg_get_functiondef('core.claim(text, uuid, jsonb)'::regprocedure);
select pg_get_functiondef('core.finish(core.outcome, uuid)'::regprocedure);
select pg_get_functiondef('core.guard_idempotency()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'core.idempotency'::regclass and tgname = 'idempotency_100_filled_once') = 'A', 'idempotency_100_filled_once';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'core.idempotency'::regclass and tgname = 'idempotency_100_no_truncate') = 'A', 'idempotency_100_no_truncate';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_owner' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'core.idempotency'::regclass and polname = 'owner_sees_the_bound_tenant'), 'policy owner_sees_the_bound_tenant on core.idempotency';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'core.idempotency'::regclass), 'row level security of core.idempotency';
end $$;

rollback;
