-- Deploy smartattend:attendance/schema to pg
begin;
set local role smartattend_owner;

create schema attendance;
comment on schema attendance is 'Who was where and when: sessions, expectations, events (append-only), records, codes.';
grant usage on schema attendance to smartattend_app, smartattend_auditor;

commit;
