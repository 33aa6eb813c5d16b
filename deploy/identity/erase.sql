-- Deploy smartattend:identity/erase to pg
begin;
set local role smartattend_session;

create function identity.bind_erasure(tenant_id uuid)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_bound integer;
begin
  if (core.actor()).kind is distinct from 'platform' then
    perform core.fail('SA104', 'a session of a tenant', 'a platform session');
  end if;
  v_bound := core.bind(
    bind_erasure.tenant_id, 'capture_read administration_read administration_write ordinary_read', core.actor()
  );
end $$;
comment on function identity.bind_erasure(uuid) is
  'Binds the tenant that a platform procedure is about to erase: what it deletes and counts it has to see. Nothing of it is answered.';

create function identity.erase_sessions(tenant_id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rows bigint;
begin
  delete from identity.login_session as s where s.tenant_id = erase_sessions.tenant_id;
  get diagnostics v_rows = row_count;
  return jsonb_build_object('identity.login_session', v_rows);
end $$;
comment on function identity.erase_sessions(uuid) is
  'The login sessions of a tenant that this transaction erases go; of any other tenant, none does (core.refuse_change). Answers how many there were, by their table.';
grant execute on function identity.bind_erasure(uuid), identity.erase_sessions(uuid) to smartattend_owner;

commit;
