-- Deploy smartattend:identity/become_system to pg
begin;
set local role smartattend_session;

create function identity.become_system()
returns core.actor
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_bound text;
begin
  if v_actor.tenant_id is null then
    perform core.fail('SA001', 'no bound session', 'a procedure that has bound its session');
  end if;
  v_actor.kind := 'system';
  v_actor.user_id := null;
  v_bound := set_config('smartattend.bound_actor', v_actor::text, true);
  return v_actor;
end $$;
comment on function identity.become_system() is
  'From here on in this transaction the system acts, not the person who asked for the job: nobody is the actor of what a rule decides; the login session stays on the rows. For jobs whose transitions are system_only. Error SA001.';
grant execute on function identity.become_system() to smartattend_owner;

commit;
