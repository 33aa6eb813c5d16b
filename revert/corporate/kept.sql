-- Revert smartattend:corporate/kept from pg
begin;
set local role smartattend_owner;

drop trigger away_100_no_truncate on corporate.away;
drop trigger away_100_append_only on corporate.away;
drop trigger shift_instance_100_no_truncate on corporate.shift_instance;
drop trigger shift_instance_100_append_only on corporate.shift_instance;
drop trigger roster_100_no_truncate on corporate.roster;
drop trigger roster_100_kept on corporate.roster;
drop trigger shift_template_100_no_truncate on corporate.shift_template;
drop trigger shift_template_100_kept on corporate.shift_template;

commit;
