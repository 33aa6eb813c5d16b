-- Verify smartattend:core/erasure/append_only on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select count(*) = 2
    from pg_catalog.pg_trigger
    where tgrelid = 'core.erasure'::regclass and tgfoid = 'core.refuse_change()'::regprocedure and tgenabled = 'A'
  ), 'two guards, always enabled';
end $$;

rollback;
