-- Deploy smartattend:ops/visit to pg
begin;
set local role smartattend_owner;

create table ops.visit (
  tenant_id uuid not null,
  job text not null,
  begun_at timestamptz not null default '-infinity',
  ended_at timestamptz not null default '-infinity',
  failures integer not null default 0,
  constraint visit_pkey primary key (tenant_id, job),
  constraint failures_are_counted check (failures >= 0)
);
comment on table ops.visit is
  'How far each job has come in each tenant (the nil UUID: for the platform, and a job of tenants as a whole). Whoever runs a job there holds the row; another one skips it.';
comment on column ops.visit.failures is 'So many failures in a row; of a job of tenants as a whole: runs in which a tenant failed.';

create table ops.horizon (
  tenant_id uuid not null,
  source text not null,
  seen_until xid8 not null default '0',
  constraint horizon_pkey primary key (tenant_id, source),
  constraint source_is_a_word check (source ~ '^[a-z][a-z_]*$')
);
comment on table ops.horizon is
  'Until which transaction the facts of a source were looked at, in each tenant: as the ledger does, by the oldest transaction that was still running, so that one that commits late is seen by the next look.';

commit;
