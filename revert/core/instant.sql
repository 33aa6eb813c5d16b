-- Revert smartattend:core/instant from pg
begin;
set local role smartattend_owner;

drop function core.uuid(text);
drop function core.moment(text, text, text);
drop function core.instant(text);

commit;
