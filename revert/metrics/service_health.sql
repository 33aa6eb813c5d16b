-- Revert smartattend:metrics/service_health from pg
begin;
set local role smartattend_owner;

delete from core.transition where machine = 'service_health';
delete from core.state where machine = 'service_health';
delete from core.machine where machine = 'service_health';
drop table metrics.service_health_transition;
drop table metrics.service_health;
drop table metrics.service;

commit;
