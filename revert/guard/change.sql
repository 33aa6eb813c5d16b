-- Revert smartattend:guard/change from pg
begin;

drop function guard.accept(text);
drop function guard.begin_epoch(integer);
drop function guard.begin_change(text);
drop function guard.epoch();
drop trigger change_900_follow on guard.change;
drop function guard.follow_change();
drop function guard.take_baseline(text);
drop function guard.is_announced();
drop trigger change_100_no_truncate on guard.change;
drop trigger change_100_append_only on guard.change;
drop table guard.change;

commit;
