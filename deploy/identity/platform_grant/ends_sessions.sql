-- Deploy smartattend:identity/platform_grant/ends_sessions to pg
begin;
set local role smartattend_session;

create function identity.end_sessions_of_the_platform()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
begin
  if new.revoked_at is not null or new.ends_at <= v_now then
    update identity.platform_session as s
    set revoked_at = v_now, revoked_by = (core.actor()).user_id, revoked_because = 'the role ' || new.role || ' was taken away'
    where s.user_id = new.user_id and s.revoked_at is null;
  else
    update identity.login_session as s
    set expires_at = new.ends_at
    where s.platform_user_id = new.user_id and s.platform_session_id is not null and s.revoked_at is null
      and s.expires_at > new.ends_at and s.created_at < new.ends_at;
    update identity.platform_session as s
    set expires_at = new.ends_at
    where s.user_id = new.user_id and s.revoked_at is null and s.expires_at > new.ends_at and s.created_at < new.ends_at;
  end if;
  return null;
end $$;
comment on function identity.end_sessions_of_the_platform() is
  'Platform sessions last no longer than the roles of their person: whichever role is revoked or has ended ends the session, in the same transaction; one that is to end sooner cuts it short. Who holds another role logs in again.';
grant execute on function identity.end_sessions_of_the_platform() to smartattend_owner;

set local role smartattend_owner;
create trigger platform_grant_900_end_sessions
after update on identity.platform_grant
for each row
when (old.revoked_at is distinct from new.revoked_at or new.ends_at < old.ends_at)
execute function identity.end_sessions_of_the_platform();
alter table identity.platform_grant enable always trigger platform_grant_900_end_sessions;

commit;
