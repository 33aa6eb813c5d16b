-- Revert smartattend:guard/system_log from pg
begin;

drop function guard.log(text, text, jsonb);
drop trigger system_log_100_no_truncate on guard.system_log;
drop trigger system_log_100_append_only on guard.system_log;
drop table guard.system_log;

commit;
