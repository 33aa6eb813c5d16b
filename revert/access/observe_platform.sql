-- Revert smartattend:access/observe_platform from pg
begin;

drop function access.observe_platform(timestamptz);
revoke select on guard.system_log from smartattend_owner;
drop index guard.system_log_of_drift;

commit;
