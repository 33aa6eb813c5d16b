-- Revert smartattend:core/error_code from pg
begin;
set local role smartattend_owner;

drop table core.error_code;

commit;
