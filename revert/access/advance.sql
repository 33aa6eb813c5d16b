-- Revert smartattend:access/advance from pg
begin;
set local role smartattend_owner;

drop trigger tenant_900_queue_revalidation on tenancy.tenant;
drop trigger membership_900_queue_revalidation on identity.membership;
drop function access.queue_on_change();
drop function access.advance(timestamptz);

commit;
