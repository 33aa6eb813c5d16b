-- Deploy smartattend:identity/ensure_users to pg
begin;
set local role smartattend_session;

create function identity.ensure_users(logins text[])
returns table (login text, user_id uuid)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if (core.actor()).session_id is null and (core.actor()).kind is distinct from 'operator' then
    perform core.fail('SA001', 'nobody is bound', 'a bound session');
  end if;
  insert into identity."user" (login)
  select distinct l.login from unnest(ensure_users.logins) as l (login) order by l.login
  on conflict on constraint login_is_unique do nothing;
  return query
  select u.login, u.id from identity."user" as u where u.login = any (ensure_users.logins);
end $$;
comment on function identity.ensure_users(text[]) is
  'The accounts of these logins, made where they were not: an account is platform-wide and says nothing about its tenants.';
grant execute on function identity.ensure_users(text[]) to smartattend_owner;

commit;
