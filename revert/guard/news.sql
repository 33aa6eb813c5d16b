-- Revert smartattend:guard/news from pg
begin;

drop function guard.news(xid8, xid8);

commit;
