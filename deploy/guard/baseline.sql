-- Deploy smartattend:guard/baseline to pg
begin;

create table guard.baseline (
  kind text not null,
  object text not null,
  detail text not null,
  accepted_at timestamptz not null,
  accepted_by text not null,
  reason text not null,
  constraint baseline_pkey primary key (kind, object)
);
comment on table guard.baseline is
  'The inventory as last accepted: each fact with when, by whom and why (the name of the change that brought it). It is data, so that a dump carries it, and a restore can be compared with it. Empty until the guard is armed or guard.accept is called.';

commit;
