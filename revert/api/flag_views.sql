-- Revert smartattend:api/flag_views from pg
begin;
set local role smartattend_owner;

drop view api.integrity_rule;
drop view api.flag_decision;
drop view api.flag;

commit;
