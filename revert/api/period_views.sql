-- Revert smartattend:api/period_views from pg
begin;
set local role smartattend_owner;

drop view api.period_adjustment;
drop view api.period_total;
drop view api.period;

commit;
