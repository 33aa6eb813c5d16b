-- Verify smartattend:identity/membership/ends_sessions on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('identity.end_sessions_of_members()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'identity.membership'::regclass and tgname = 'membership_900_end_sessions') = 'A', 'membership_900_end_sessions';
end $$;

rollback;
