-- Deploy smartattend:identity/support_access/ended to pg
begin;
set local role smartattend_session;

create function identity.keep_support_end()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.expires_at > new.revoked_at then
    insert into identity.support_end (tenant_id, access_id, ended_at, because)
    values (new.tenant_id, new.id, new.revoked_at, new.revoked_because);
  end if;
  return null;
end $$;
comment on function identity.keep_support_end() is 'The end of a sub-session of the platform is in the tenant''s history, like its beginning.';

create trigger login_session_900_keep_support_end
after update on identity.login_session
for each row
when (new.platform_session_id is not null and old.revoked_at is null and new.revoked_at is not null)
execute function identity.keep_support_end();
alter table identity.login_session enable always trigger login_session_900_keep_support_end;

commit;
