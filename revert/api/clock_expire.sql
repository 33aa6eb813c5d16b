-- Revert smartattend:api/clock_expire from pg
begin;
set local role smartattend_owner;

drop function api.clock_expire(uuid, text);

commit;
