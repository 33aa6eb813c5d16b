-- Deploy smartattend:identity/bind_job to pg
begin;
set local role smartattend_session;

create function identity.bind_job(tenant_id uuid)
returns core.actor
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_opens text := '';
  v_actor core.actor := (bind_job.tenant_id, null, null, null, null, 'system', date_part('epoch', core.clock()) * 1000000);
  v_bound integer;
begin
  if bind_job.tenant_id is not null then
    select g.opens into v_opens
    from tenancy.tenant as t
    inner join tenancy.gate as g on g.state = t.state
    where t.tenant_id = bind_job.tenant_id and t.state <> 'purged';
    if not found then
      perform core.fail('SA011', bind_job.tenant_id::text, 'a tenant that is not purged');
    end if;
  end if;
  v_bound := core.bind(bind_job.tenant_id, v_opens, v_actor);
  return v_actor;
end $$;
comment on function identity.bind_job(uuid) is
  'Binds a tenant (null: none, the platform) for a job that runs by itself: the system acts, nobody is the actor, and open is what the tenant''s state opens. Overwrites whatever the caller had set. Error SA011.';

create function identity.job_tenants(gate text)
returns setof uuid
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select t.tenant_id
  from tenancy.tenant as t
  inner join tenancy.gate as g on g.state = t.state
  where (core.actor()).kind = 'system'
    and t.state <> 'purged'
    and (job_tenants.gate is null or job_tenants.gate = any (string_to_array(g.opens, ' ')))
  order by t.tenant_id
$$;
comment on function identity.job_tenants(text) is
  'The tenants that a job visits: those that are not purged and whose state opens a gate (null: whatever it opens); none where no job is bound.';

grant execute on function identity.bind_job(uuid), identity.job_tenants(text) to smartattend_owner;

commit;
