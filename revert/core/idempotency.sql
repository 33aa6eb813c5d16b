-- Revert smartattend:core/idempotency from pg
begin;
set local role smartattend_owner;

drop function core.guard_idempotency();
drop function core.finish(core.outcome, uuid);
drop function core.claim(text, uuid, jsonb);
drop function core.payload_hash(jsonb);
drop table core.idempotency;

commit;
