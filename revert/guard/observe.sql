-- Revert smartattend:guard/observe from pg
begin;

drop function guard.observe();
drop table guard.seen;

commit;
