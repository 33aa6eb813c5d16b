-- Deploy smartattend:integrity/schema to pg
begin;
set local role smartattend_owner;

create schema integrity;
comment on schema integrity is
  'What speaks against a record: rules as data, flags with their evidence, and the decisions about them. It reads the rooms before it; they never name it.';
grant usage on schema integrity to smartattend_app, smartattend_auditor;

commit;
