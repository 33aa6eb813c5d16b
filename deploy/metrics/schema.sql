-- Deploy smartattend:metrics/schema to pg
begin;
set local role smartattend_owner;

create schema metrics;
comment on schema metrics is
  'How the service does: samples of the catalogue, request performance in mergeable buckets, error rates and burn rates, the health of services. All of it is derived from what other rooms keep; nothing of it stands in the way of a check-in.';

commit;
