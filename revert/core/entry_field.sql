-- Revert smartattend:core/entry_field from pg
begin;
set local role smartattend_owner;

drop function core.entry_value_expected(text, text[], numeric, numeric);
drop function core.entry_value(text, text[], numeric, numeric, jsonb);
drop function core.networks(jsonb);
drop function core.is_moment(text);
drop function core.is_date(text);
drop table core.entry_field;

commit;
