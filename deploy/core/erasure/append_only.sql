-- Deploy smartattend:core/erasure/append_only to pg
begin;
set local role smartattend_owner;

create trigger erasure_100_append_only
before update or delete on core.erasure
for each row execute function core.refuse_change('outlives');
create trigger erasure_100_no_truncate
before truncate on core.erasure
for each statement execute function core.refuse_change('outlives');
alter table core.erasure enable always trigger erasure_100_append_only;
alter table core.erasure enable always trigger erasure_100_no_truncate;

commit;
