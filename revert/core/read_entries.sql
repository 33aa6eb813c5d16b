-- Revert smartattend:core/read_entries from pg
begin;
set local role smartattend_owner;

drop function core.put_outcome(integer, text, text, jsonb, uuid);
drop function core.put_change(jsonb, bigint, boolean, boolean, boolean);
drop function core.read_entries(text, jsonb);
drop function core.fault(text, text, text, text);

commit;
