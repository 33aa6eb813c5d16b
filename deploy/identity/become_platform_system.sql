-- Deploy smartattend:identity/become_platform_system to pg
begin;
set local role smartattend_session;

create function identity.become_platform_system()
returns core.actor
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor;
  v_bound integer;
begin
  if core.bound_tenant() is not null then
    perform core.fail('SA001', 'a tenant is bound', 'nothing but the platform');
  end if;
  v_actor := (null, null, (core.actor()).session_id, null, null, 'system', date_part('epoch', core.clock()) * 1000000);
  v_bound := core.bind(null, '', v_actor);
  return v_actor;
end $$;
comment on function identity.become_platform_system() is
  'From here on in this transaction the system acts for the platform: nobody is the actor, no tenant is bound; a platform session that asked for it stays on the rows. For jobs whose transitions are system_only. Error SA001 while a tenant is bound.';
grant execute on function identity.become_platform_system() to smartattend_owner;

commit;
