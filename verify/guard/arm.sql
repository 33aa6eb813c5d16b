-- Verify smartattend:guard/arm on pg
begin;

do $$
begin
  assert (select prosecdef from pg_catalog.pg_proc where oid = 'guard.judge_command()'::regprocedure), 'commands are judged with the rights of the installer';
  assert (select prosecdef from pg_catalog.pg_proc where oid = 'guard.judge_drop()'::regprocedure), 'drops are judged with the rights of the installer';
  assert not (select prosecdef from pg_catalog.pg_proc where oid = 'guard.arm()'::regprocedure), 'arming takes a superuser';
  assert not (select prosecdef from pg_catalog.pg_proc where oid = 'guard.disarm(text)'::regprocedure), 'disarming takes a superuser';
end $$;

rollback;
