-- Deploy smartattend:core/add_partition to pg
begin;
set local role smartattend_owner;

create function core.add_partition(relation regclass, month date)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_parent record;
  v_partition text;
  v_bounds text := 'default';
  v_trigger record;
begin
  select n.nspname as schema, c.relname as name, c.relkind, c.relrowsecurity, c.relforcerowsecurity into strict v_parent
  from pg_class as c
  inner join pg_namespace as n on n.oid = c.relnamespace
  where c.oid = add_partition.relation;
  if v_parent.relkind <> 'p' then
    perform core.fail('SA010', v_parent.schema || '.' || v_parent.name, 'a relation that is partitioned by month');
  end if;
  v_partition := v_parent.name || coalesce(to_char(add_partition.month, '_YYYY_MM'), '_default');
  if to_regclass(format('%I.%I', v_parent.schema, v_partition)) is not null then
    return null;
  end if;
  if add_partition.month is not null then
    v_bounds := format(
      'for values from (%L) to (%L)',
      date_trunc('month', add_partition.month::timestamp) at time zone 'UTC',
      (date_trunc('month', add_partition.month::timestamp) + interval '1 month') at time zone 'UTC'
    );
  end if;
  execute format('create table %1$I.%2$I partition of %1$I.%3$I %4$s', v_parent.schema, v_partition, v_parent.name, v_bounds);
  execute format(
    'comment on table %I.%I is %L', v_parent.schema, v_partition, format('A partition of %s.%s.', v_parent.schema, v_parent.name)
  );
  -- Triggers for each statement are not cloned, and a partition can be written to directly; a clone does not fire always by itself.
  for v_trigger in
    select t.tgname, t.tgenabled, t.tgtype & 1 = 0 as for_each_statement, pg_get_triggerdef(t.oid) as definition
    from pg_trigger as t
    where t.tgrelid = add_partition.relation and not t.tgisinternal
    order by t.tgname
  loop
    if v_trigger.for_each_statement then
      execute replace(
        v_trigger.definition, format(' ON %I.%I ', v_parent.schema, v_parent.name), format(' ON %I.%I ', v_parent.schema, v_partition)
      );
    end if;
    if v_trigger.tgenabled = 'A' then
      execute format('alter table %I.%I enable always trigger %I', v_parent.schema, v_partition, v_trigger.tgname);
    end if;
  end loop;
  if v_parent.relrowsecurity then
    execute format('alter table %I.%I enable row level security', v_parent.schema, v_partition);
  end if;
  if v_parent.relforcerowsecurity then
    execute format('alter table %I.%I force row level security', v_parent.schema, v_partition);
  end if;
  return v_partition;
end $$;
comment on function core.add_partition(regclass, date) is
  'Makes the partition of a month (in UTC; null: of whatever has none, which is never lost) of a relation that is partitioned by an instant, guarded like its parent: the triggers that are not inherited, enabled as there, and row level security without a policy, so that nobody reads or writes the partition but by way of the parent. Answers its name, or null where it exists. Acts for its caller, who owns the relation and has announced the change. Make them ahead of time: a month that has rows in the default partition already stays there (23514). Error SA010.';
grant execute on function core.add_partition(regclass, date) to smartattend_ledger;

commit;
