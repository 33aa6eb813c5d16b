-- Revert smartattend:core/erasure/append_only from pg
begin;
set local role smartattend_owner;

drop trigger erasure_100_no_truncate on core.erasure;
drop trigger erasure_100_append_only on core.erasure;

commit;
