-- Revert smartattend:tenancy/lock_state from pg
begin;
set local role smartattend_owner;

drop function tenancy.lock_state(uuid);

commit;
