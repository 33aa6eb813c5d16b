-- Deploy smartattend:identity/active_tenants to pg
begin;
set local role smartattend_session;

create function identity.active_tenants()
returns bigint
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$ select count(*) from tenancy.tenant as t where t.state = 'active' $$;
comment on function identity.active_tenants() is 'How many tenants are active, for jobs that measure it: a number, and nobody''s name.';
grant execute on function identity.active_tenants() to smartattend_owner;

commit;
