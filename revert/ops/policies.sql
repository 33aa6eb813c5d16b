-- Revert smartattend:ops/policies from pg
begin;
set local role smartattend_owner;

revoke select on ops.subscription, ops.message, ops.delivery from smartattend_app;
revoke select on ops.job, ops.job_run, ops.visit, ops.delivery from smartattend_operator;
do $$
declare
  v_policy record;
begin
  for v_policy in
    select p.polname, p.polrelid::regclass as relation
    from pg_policy as p
    inner join pg_class as c on c.oid = p.polrelid
    where c.relnamespace = 'ops'::regnamespace
  loop
    execute format('drop policy %I on %s', v_policy.polname, v_policy.relation);
  end loop;
end $$;
alter table ops.job_run disable row level security;
alter table ops.job_run no force row level security;
alter table ops.message disable row level security;
alter table ops.message no force row level security;
alter table ops.visit disable row level security;
alter table ops.visit no force row level security;
alter table ops.horizon disable row level security;
alter table ops.horizon no force row level security;
alter table ops.subscription disable row level security;
alter table ops.subscription no force row level security;
alter table ops.delivery disable row level security;
alter table ops.delivery no force row level security;

commit;
