-- Deploy smartattend:ops/add_partition to pg
begin;
set local role smartattend_owner;

create function ops.add_partition(relation regclass, month date)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_label text := ledger.label(add_partition.relation);
begin
  if split_part(v_label, '.', 1) = 'ledger' then
    return ledger.add_partition(add_partition.month);
  end if;
  if add_partition.month is not null
    and to_regclass(format('%I.%I', split_part(v_label, '.', 1), split_part(v_label, '.', 2) || to_char(add_partition.month, '_YYYY_MM'))) is not null
  then
    return null;
  end if;
  perform ledger.announce_partition(add_partition.relation, add_partition.month);
  return core.add_partition(add_partition.relation, add_partition.month);
end $$;
comment on function ops.add_partition(regclass, date) is
  'The one way to make the partition of a month of a relation, of the domain or of the ledger, as an announced change (core.add_partition). Answers its name, null where it exists. Error SA010.';

create function ops.partition_ahead(months integer default 2)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_now timestamptz := core.clock();
  v_made text[] := array[]::text[];
  v_before integer;
  v_relation regclass;
  v_month date;
begin
  for v_month in
    select (date_trunc('month', v_now at time zone 'UTC') + m * interval '1 month')::date
    from generate_series(1, partition_ahead.months) as m
  loop
    for v_relation in
      select c.oid::regclass
      from pg_class as c
      inner join pg_namespace as n on n.oid = c.relnamespace
      inner join pg_partitioned_table as p on p.partrelid = c.oid
      where not c.relispartition
        and (c.relowner = 'smartattend_owner'::regrole or c.oid = 'ledger.change'::regclass)
        -- by one instant: these are the relations of months
        and p.partstrat = 'r' and p.partnatts = 1
        and exists (
          select from pg_attribute as a
          where a.attrelid = c.oid and a.attnum = p.partattrs[0] and a.atttypid = 'timestamptz'::regtype
        )
      order by 1
    loop
      v_before := (select count(*) from pg_inherits as i where i.inhparent = v_relation);
      perform ops.add_partition(v_relation, v_month);
      if (select count(*) from pg_inherits as i where i.inhparent = v_relation) > v_before then
        v_made := v_made || format('%s %s', v_relation, to_char(v_month, 'YYYY-MM'));
      end if;
    end loop;
  end loop;
  return jsonb_build_object('partitions', cardinality(v_made), 'made', v_made);
end $$;
comment on function ops.partition_ahead(integer) is
  'The job that makes the partitions of the coming months of every relation that is partitioned by months. Waits two seconds for a lock at most, since whoever writes waits behind it, and tries again at its next run.';

commit;
