-- Verify smartattend:guard/change on pg
begin;

select
  id,
  name,
  database_user,
  client_address,
  recorded_at,
  xid,
  epoch
from guard.change
where false;

do $$
begin
  assert (select count(*) = 2 and bool_and(tgenabled = 'A') from pg_catalog.pg_trigger where tgrelid = 'guard.change'::regclass and tgname like 'change\_100\_%'), 'guard.change is append-only';
  assert (select tgenabled = 'A' and tgdeferrable and tginitdeferred from pg_catalog.pg_trigger where tgrelid = 'guard.change'::regclass and tgname = 'change_900_follow'), 'the baseline follows at the commit';
  assert (select prosecdef from pg_catalog.pg_proc where oid = 'guard.begin_change(text)'::regprocedure), 'the mark is written by its owner';
  assert guard.epoch() >= 1, 'the epoch can be read';
  assert (select prosecdef from pg_catalog.pg_proc where oid = 'guard.begin_epoch(integer)'::regprocedure), 'an epoch begins by the installer';
end $$;

select
  pg_get_functiondef('guard.accept(text)'::regprocedure),
  pg_get_functiondef('guard.is_announced()'::regprocedure),
  pg_get_functiondef('guard.take_baseline(text)'::regprocedure),
  pg_get_functiondef('guard.follow_change()'::regprocedure);

rollback;
