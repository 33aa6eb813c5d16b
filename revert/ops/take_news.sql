-- Revert smartattend:ops/take_news from pg
begin;
set local role smartattend_owner;

drop function ops.take_news(text);

commit;
