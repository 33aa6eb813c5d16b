-- Revert smartattend:core/uuid_v7 from pg
begin;
set local role smartattend_owner;

drop function core.derived_key(uuid, text);
drop function core.uuid_v7();

commit;
