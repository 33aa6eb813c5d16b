-- Verify smartattend:identity/role_grant/last_administrator on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.is_permanent_administrator(identity.role_grant)'::regprocedure);
select pg_get_functiondef('identity.has_another_administrator(uuid, uuid, uuid)'::regprocedure);
select pg_get_functiondef('identity.keep_an_administrator()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.role_grant'::regclass and tgname = 'role_grant_700_keep_an_administrator') = 'A', 'role_grant_700_keep_an_administrator';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.membership'::regclass and tgname = 'membership_700_keep_an_administrator') = 'A', 'membership_700_keep_an_administrator';
end $$;

rollback;
