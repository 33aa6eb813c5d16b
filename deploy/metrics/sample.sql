-- Deploy smartattend:metrics/sample to pg
begin;
set local role smartattend_owner;

create table metrics.sample (
  tenant_id uuid not null,
  recorded_at timestamptz not null default core.clock(),
  id uuid not null default core.uuid_v7(),
  metric text not null,
  value double precision not null,
  labels jsonb not null default '{}',
  constraint sample_pkey primary key (tenant_id, recorded_at, id),
  constraint sample_is_of_the_catalogue foreign key (metric) references metrics.platform_metric (metric),
  constraint value_is_finite check (value > '-infinity' and value < 'infinity'),
  constraint labels_are_an_object check (jsonb_typeof(labels) = 'object')
) partition by range (recorded_at);
comment on table metrics.sample is
  'Samples of the catalogue: never changed, and gone when they are old (metrics.retention), which is why they are not sealed: they are derived. The nil UUID is the tenant of the platform''s own.';
create index sample_metric on metrics.sample (tenant_id, metric, recorded_at);

create function metrics.guard_sample()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' then
    if old.tenant_id = core.erased_tenant()
      or old.recorded_at < core.clock() - (select r.keep from metrics.retention as r where r.relation = 'metrics.sample')
    then
      return old;
    end if;
  end if;
  perform core.fail('SA020', lower(tg_op) || ' of metrics.sample', 'a sample that is older than it is kept');
  return null;
end $$;
comment on function metrics.guard_sample() is 'A sample never changes, and goes when it is old, or with its tenant. Error SA020.';
create trigger sample_100_expires_only
before update or delete on metrics.sample
for each row execute function metrics.guard_sample();
create trigger sample_100_no_truncate
before truncate on metrics.sample
for each statement execute function core.refuse_change();
alter table metrics.sample enable always trigger sample_100_expires_only;
alter table metrics.sample enable always trigger sample_100_no_truncate;
alter table metrics.sample enable row level security;
alter table metrics.sample force row level security;

create function metrics.add_partition(month date)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_table text := 'sample' || coalesce(to_char(add_partition.month, '_YYYY_MM'), '_default');
  v_bounds text := 'default';
begin
  if add_partition.month is not null then
    v_bounds := format(
      'for values from (%L) to (%L)',
      date_trunc('month', add_partition.month::timestamp) at time zone 'UTC',
      (date_trunc('month', add_partition.month::timestamp) + interval '1 month') at time zone 'UTC'
    );
  end if;
  if to_regclass('metrics.' || v_table) is null then
    execute format('create table metrics.%I partition of metrics.sample %s', v_table, v_bounds);
    execute format('comment on table metrics.%I is %L', v_table, 'A partition of metrics.sample.');
    -- Statement triggers and row level security are not inherited, and a partition can be written to directly.
    execute format(
      'create trigger sample_100_no_truncate before truncate on metrics.%I for each statement execute function core.refuse_change()', v_table
    );
    execute format('alter table metrics.%I enable always trigger sample_100_no_truncate', v_table);
    execute format('alter table metrics.%I enable always trigger sample_100_expires_only', v_table);
    execute format('alter table metrics.%I enable row level security', v_table);
    execute format('alter table metrics.%I force row level security', v_table);
  end if;
  return replace(v_table, 'sample', '');
end $$;
comment on function metrics.add_partition(date) is
  'Makes the partition of a month for samples (null: of whatever has none, which is never lost), guarded like its parent; nothing where it exists. The caller announces it (guard.begin_change), which the owner cannot. Make them ahead of time: a month that has rows in the default partition already stays there (23514).';

select metrics.add_partition(null);

create function metrics.drop_partitions(now timestamptz)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_until timestamptz := (
    select least(drop_partitions.now, core.clock()) - r.keep from metrics.retention as r where r.relation = 'metrics.sample'
  );
  v_month text;
  v_dropped integer := 0;
begin
  for v_month in
    select c.relname
    from pg_inherits as i
    inner join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'metrics.sample'::regclass
      and c.relname ~ '^sample_[0-9]{4}_[0-9]{2}$'
      and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= v_until
    order by c.relname
  loop
    execute format('drop table metrics.%I', v_month);
    v_dropped := v_dropped + 1;
  end loop;
  return v_dropped;
end $$;
comment on function metrics.drop_partitions(timestamptz) is
  'Drops the months of samples that are wholly older than they are kept, whosever rows they hold: cheaper than metrics.expire, and good for tenants that no job visits. The caller announces it (guard.begin_change). Answers how many.';

create function metrics.record(metric text, value double precision, labels jsonb default null)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (select from metrics.platform_metric as m where m.metric = record.metric) then
    perform core.fail('SA011', coalesce(record.metric, 'null'), 'a metric of metrics.platform_metric');
  end if;
  if (record.value > '-infinity' and record.value < 'infinity') is not true or jsonb_typeof(coalesce(record.labels, '{}')) <> 'object' then
    perform core.fail('SA010', format('%s %s', record.value, left(record.labels::text, 100)), 'a finite value, and labels that are an object');
  end if;
  insert into metrics.sample (tenant_id, metric, value, labels)
  values (coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), record.metric, record.value, coalesce(record.labels, '{}'));
end $$;
comment on function metrics.record(text, double precision, jsonb) is
  'Appends a sample of the bound tenant, or of the platform where none is bound. Errors SA010, SA011.';

commit;
