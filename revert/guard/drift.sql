-- Revert smartattend:guard/drift from pg
begin;

drop function guard.drift(timestamptz);
drop index guard.system_log_of_drift;

commit;
