-- Revert smartattend:core/local_instant from pg
begin;
set local role smartattend_owner;

drop function core.local_instant(timestamp, text, text);

commit;
