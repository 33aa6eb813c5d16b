-- Revert smartattend:access/policies from pg
begin;
set local role smartattend_owner;

revoke usage on schema access from smartattend_app, smartattend_operator;
revoke select on identity.role_grant, identity.role, identity.role_permission, identity.permission from smartattend_app;
revoke select on access.role_rule, access.separation, access.escalation_rule, access.role_request, access.role_approval, access.revalidation,
access.grant_history, access.escalation_event from smartattend_app;
drop policy a_session_reads_its_own_or_grants on identity.role_grant;
do $$
declare
  v_policy record;
begin
  for v_policy in select p.polname, p.polrelid::regclass as relation from pg_policy as p where p.polrelid::regclass::text like 'access.%' loop
    execute format('drop policy %I on %s', v_policy.polname, v_policy.relation);
  end loop;
  for v_policy in select c.oid::regclass as relation from pg_class as c where c.relnamespace = 'access'::regnamespace and c.relkind = 'r' loop
    execute format('alter table %s no force row level security', v_policy.relation);
    execute format('alter table %s disable row level security', v_policy.relation);
  end loop;
end $$;

commit;
