-- Deploy smartattend:identity/bind_either to pg
begin;
set local role smartattend_owner;

create function identity.bind_either(token text, permission text)
returns core.actor
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(bind_either.token, nullif(current_setting('smartattend.token', true), '')) like 'sa\_platform\_%' then
    return identity.bind_platform(bind_either.token, bind_either.permission);
  end if;
  return identity.bind_session(bind_either.token);
end $$;
comment on function identity.bind_either(text, text) is
  'The first statement of a procedure that serves tenants and the platform alike: a token of the platform binds a platform session that holds the permission, any other the session of a tenant, whose permission the procedure judges. Errors SA001 to SA006, SA104.';

commit;
