-- Deploy smartattend:identity/login_session/ends_with_the_platform to pg
begin;
set local role smartattend_session;

create function identity.end_support()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update identity.login_session as s
  set revoked_at = new.revoked_at, revoked_because = 'the platform session behind it was ended'
  where s.platform_session_id = new.id and s.platform_user_id = new.user_id and s.revoked_at is null;
  return null;
end $$;
comment on function identity.end_support() is
  'A platform session takes its sub-sessions with it, in the same transaction. One that merely expires needs no row: the verifiers ask for the session behind.';

create trigger platform_session_900_end_support
after update on identity.platform_session
for each row
when (old.revoked_at is null and new.revoked_at is not null)
execute function identity.end_support();
alter table identity.platform_session enable always trigger platform_session_900_end_support;

commit;
