-- Revert smartattend:api/corporate_views from pg
begin;
set local role smartattend_owner;

drop view api.rest;
drop view api.overtime;
drop view api.worked_time;

commit;
