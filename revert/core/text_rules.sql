-- Revert smartattend:core/text_rules from pg
begin;
set local role smartattend_owner;

drop domain core.sha256;
drop function core.bytes(text);
drop function core.is_time_zone(text);
drop function core.is_reason(text);
drop function core.is_name(text);
drop function core.is_code(text);

commit;
