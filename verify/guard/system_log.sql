-- Verify smartattend:guard/system_log on pg
begin;

select
  id,
  kind,
  subject,
  detail,
  database_user,
  client_address,
  recorded_at,
  xid,
  epoch
from guard.system_log
where false;

do $$
begin
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'guard.system_log'::regclass and tgname like 'system_log\_100\_%'), 'guard.system_log is append-only';
  assert (select prosecdef from pg_catalog.pg_proc where oid = 'guard.log(text, text, jsonb)'::regprocedure), 'the writer runs as its owner';
end $$;

rollback;
