-- Deploy smartattend:timing/schema to pg
begin;
set local role smartattend_owner;

create schema timing;
comment on schema timing is 'Devices and their clocks.';
grant usage on schema timing to smartattend_app, smartattend_auditor, smartattend_operator;

commit;
