-- Revert smartattend:api/clock_views from pg
begin;
set local role smartattend_owner;

drop view api.device_clock;

commit;
