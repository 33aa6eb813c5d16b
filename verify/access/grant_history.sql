-- Verify smartattend:access/grant_history on pg
begin;
set local role smartattend_owner;

select * from access.grant_history where false;
select pg_get_functiondef('access.keep_grant_history()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.grant_history'::regclass and tgname = 'grant_history_100_append_only') = 'A', 'grant_history_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.grant_history'::regclass and tgname = 'grant_history_100_no_truncate') = 'A', 'grant_history_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.role_grant'::regclass and tgname = 'role_grant_900_keep_history') = 'A', 'role_grant_900_keep_history';
  assert to_regclass('access.grant_history_grant') is not null, 'index grant_history_grant';
  assert to_regclass('access.grant_history_recorded') is not null, 'index grant_history_recorded';
  assert to_regclass('access.grant_history_user') is not null, 'index grant_history_user';
end $$;

rollback;
