-- Verify smartattend:access/role_rule on pg
begin;
set local role smartattend_owner;

select * from access.role_rule where false;
select * from access.separation where false;
select pg_get_functiondef('access.is_weaker(access.role_rule, access.role_rule)'::regprocedure);

do $$
begin
  assert to_regclass('access.role_rule_approver_permission') is not null, 'index role_rule_approver_permission';
  assert to_regclass('access.separation_role') is not null, 'index separation_role';
end $$;

rollback;
