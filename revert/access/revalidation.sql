-- Revert smartattend:access/revalidation from pg
begin;
set local role smartattend_owner;

delete from core.transition where machine = 'revalidation';
delete from core.state where machine = 'revalidation';
delete from core.machine where machine = 'revalidation';
drop table access.revalidation_transition;
drop table access.revalidation;
drop function access.queue_revalidation(text, identity.role_grant[], timestamptz);
drop function access.keep_revalidation();

commit;
