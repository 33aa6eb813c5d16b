-- Revert smartattend:core/idempotency from pg
begin;
set local role smartattend_owner;

drop trigger idempotency_100_no_truncate on core.idempotency;
drop trigger idempotency_100_filled_once on core.idempotency;
drop function core.guard_idempotency();
drop function core.finish(core.outcome, uuid);
drop function core.claim(text, uuid, jsonb);
drop function core.payload_hash(jsonb);
drop table core.idempotency;

commit;
