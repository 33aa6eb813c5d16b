-- Deploy smartattend:api/schema to pg
begin;
set local role smartattend_owner;

create schema api;
comment on schema api is
  'The only door: procedures for applications (token => …) and security-invoker views. Every procedure binds the session first; every command takes a key and answers core.outcome.';
grant usage on schema api to smartattend_app, smartattend_auditor, smartattend_operator;

commit;
