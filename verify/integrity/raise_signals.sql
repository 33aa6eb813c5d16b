-- Verify smartattend:integrity/raise_signals on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('integrity.raise_signals()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.event'::regclass and tgname = 'event_900_raise_signals') = 'O', 'event_900_raise_signals';
end $$;

rollback;
