-- Revert smartattend:access/observe_platform from pg
begin;
set local role smartattend_owner;

drop function access.observe_platform(timestamptz);

commit;
