-- Revert smartattend:access/observe from pg
begin;
set local role smartattend_owner;

drop table access.observed;
drop function access.observe(timestamptz);

commit;
