-- Deploy smartattend:ops/job_run to pg
begin;
set local role smartattend_owner;

create table ops.job_run (
  tenant_id uuid not null,
  begun_at timestamptz not null,
  id uuid not null default core.uuid_v7(),
  job text not null,
  ended_at timestamptz not null,
  result text not null,
  detail jsonb not null default '{}',
  error_code text,
  error text,
  database_user text not null default session_user,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint job_run_pkey primary key (tenant_id, begun_at, id),
  constraint result_is_known check (result in ('held', 'failed')),
  constraint a_failure_says_what check ((result = 'failed') = (error is not null)),
  constraint an_error_has_its_code check (error_code is null or error is not null)
) partition by range (begun_at);
comment on table ops.job_run is
  'Every run of a job of the platform, and for jobs of tenants one row for all of them and one for each that failed: when it began and ended, with what result, and what it did. Append-only; the nil UUID is the platform.';
comment on column ops.job_run.detail is 'What the function answered; of a job of tenants {visited, failed, skipped} and the sums of the figures that it answered.';
comment on column ops.job_run.error_code is 'The SQLSTATE; null where tenants failed, which have rows of their own.';
create index job_run_newest on ops.job_run (job, begun_at);

create trigger job_run_100_append_only
before update or delete on ops.job_run
for each row execute function core.refuse_change();
create trigger job_run_100_no_truncate
before truncate on ops.job_run
for each statement execute function core.refuse_change();
alter table ops.job_run enable always trigger job_run_100_append_only;
alter table ops.job_run enable always trigger job_run_100_no_truncate;
alter table ops.job_run enable row level security;
alter table ops.job_run force row level security;

select core.add_partition('ops.job_run', null);

commit;
