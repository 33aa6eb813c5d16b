-- Revert smartattend:incident/rule from pg
begin;
set local role smartattend_owner;

drop table incident.requirement;
drop table incident.step;
drop table incident.severity;
drop table incident.source;

commit;
