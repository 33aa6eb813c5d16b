-- Deploy smartattend:ops/schema to pg
begin;
set local role smartattend_owner;

create schema ops;
comment on schema ops is
  'What runs by itself: jobs and their history, partitions, the outbox, and what happened that somebody should look at. A registry of jobs is data: another room joins by one row.';
grant usage on schema ops to smartattend_app, smartattend_operator;

commit;
