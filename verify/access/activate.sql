-- Verify smartattend:access/activate on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('access.lock_tenant()'::regprocedure);
select pg_get_functiondef('access.put_grants(uuid[], timestamptz)'::regprocedure);
select pg_get_functiondef('access.grant_all(access.role_request[], timestamptz)'::regprocedure);
select pg_get_functiondef('access.activate(uuid, timestamptz)'::regprocedure);
select pg_get_functiondef('access.open_request(text, uuid, text, uuid, timestamptz, timestamptz, text, text, timestamptz)'::regprocedure);
select pg_get_functiondef('access.grant_at_once(access.role_request)'::regprocedure);
select pg_get_functiondef('access.judge_grants()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.role_grant'::regclass and tgname = 'role_grant_700_judge_insert') = 'A', 'role_grant_700_judge_insert';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.role_grant'::regclass and tgname = 'role_grant_700_judge_update') = 'A', 'role_grant_700_judge_update';
end $$;

rollback;
