-- Revert smartattend:incident/fact from pg
begin;
set local role smartattend_owner;

drop table incident.verdict;
drop table incident.page;
drop table incident.escalation;
drop table incident.resumption;
drop table incident.pause;
drop table incident.assignment;
drop table incident.statement;
drop table incident.occurrence;

commit;
