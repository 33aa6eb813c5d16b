-- Revert smartattend:ops/publish_pages from pg
begin;
set local role smartattend_owner;

drop function ops.publish_pages();

commit;
