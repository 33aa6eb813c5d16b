-- Revert smartattend:metrics/policies from pg
begin;
set local role smartattend_owner;

do $$
declare
  v_policy record;
begin
  for v_policy in
    select p.polname, p.polrelid::regclass as relation
    from pg_policy as p
    inner join pg_class as c on c.oid = p.polrelid
    where c.relnamespace = 'metrics'::regnamespace
  loop
    execute format('drop policy %I on %s', v_policy.polname, v_policy.relation);
  end loop;
  for v_policy in
    select c.oid::regclass as relation
    from pg_class as c
    where c.relnamespace = 'metrics'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity and c.relname not like 'sample%'
  loop
    execute format('alter table %s no force row level security', v_policy.relation);
    execute format('alter table %s disable row level security', v_policy.relation);
  end loop;
end $$;

commit;
