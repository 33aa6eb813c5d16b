-- Deploy smartattend:guard/invariant to pg
begin;

create function guard.broken_invariant()
returns table (kind text, object text, expected text, observed text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with room as materialized (
    select r.oid, r.name from guard.room() as r
  ),
  relation as materialized (
    select c.*, r.name || '.' || c.relname as label
    from pg_class as c
    inner join room as r on r.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
  ),
  routine as materialized (
    select p.*, r.name as room, r.name || '.' || p.proname || '(' || oidvectortypes(p.proargtypes) || ')' as label
    from pg_proc as p
    inner join room as r on r.oid = p.pronamespace
    where not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  ),
  -- a table with a transaction number is history
  history as materialized (
    select r.*
    from relation as r
    where r.relkind in ('r', 'p')
      and exists (select from pg_attribute as a where a.attrelid = r.oid and a.attname = 'xid' and not a.attisdropped)
  ),
  granted as materialized (
    select r.oid, r.label, r.relowner as owner, a.grantee, a.privilege_type
    from relation as r
    cross join lateral aclexplode(r.relacl) as a
    union all
    select r.oid, r.label || '.' || c.attname, r.relowner, a.grantee, a.privilege_type
    from relation as r
    inner join pg_attribute as c on c.attrelid = r.oid and c.attnum > 0 and c.attacl is not null
    cross join lateral aclexplode(c.attacl) as a
    union all
    select n.oid, r.name, n.nspowner, a.grantee, a.privilege_type
    from room as r
    inner join pg_namespace as n on n.oid = r.oid
    cross join lateral aclexplode(n.nspacl) as a
  )
  select 'row level security', r.label, 'enabled and forced on a table with tenant_id', concat_ws(
    ', ', case when not r.relrowsecurity then 'not enabled' end, case when not r.relforcerowsecurity then 'not forced' end
  )
  from relation as r
  where r.relkind in ('r', 'p')
    and not (r.relrowsecurity and r.relforcerowsecurity)
    and exists (select from pg_attribute as a where a.attrelid = r.oid and a.attname = 'tenant_id' and not a.attisdropped)

  union all
  -- before update and delete for each row: 27; before truncate for each statement: 34
  select 'append-only', h.label, 'a trigger before ' || w.what || ', enable always', 'none'
  from history as h
  cross join (values (27, 'update or delete'), (34, 'truncate')) as w (bits, what)
  where not exists (
    select from pg_trigger as t
    inner join pg_proc as p on p.oid = t.tgfoid
    where t.tgrelid = h.oid and t.tgtype & w.bits = w.bits and t.tgenabled = 'A' and t.tgqual is null
      and (p.proname = 'refuse_change' or h.label = 'core.idempotency' and p.proname = 'guard_idempotency')
  )

  union all
  select 'trigger', r.label || ': ' || t.tgname, 'enable always', case t.tgenabled when 'D' then 'disabled' when 'R' then 'on a replica only' else 'enabled' end
  from relation as r
  inner join pg_trigger as t on t.tgrelid = r.oid and not t.tgisinternal
  where t.tgname ~ '_(100|700|800)_' and t.tgenabled <> 'A'

  union all
  select 'foreign key', r.label || ': ' || c.conname, 'valid, its triggers enabled', case when c.convalidated then 'triggers disabled' else 'not valid' end
  from relation as r
  inner join pg_constraint as c on c.conrelid = r.oid
  where c.contype = 'f'
    and (
      not c.convalidated
      or exists (select from pg_trigger as t where t.tgconstraint = c.oid and t.tgisinternal and t.tgenabled not in ('O', 'A'))
    )

  union all
  select 'unique', r.label || ': ' || x.indexrelid::regclass, 'a valid index', 'not valid'
  from relation as r
  inner join pg_index as x on x.indrelid = r.oid
  where (x.indisunique or x.indisexclusion) and not (x.indisvalid and x.indisready)

  union all
  select 'privilege', g.label, format('no %s for %s', lower(g.privilege_type), coalesce(o.rolname, 'public')), 'granted'
  from granted as g
  left join pg_roles as o on o.oid = g.grantee
  where g.grantee <> g.owner
    and (
      g.grantee = 0
      or g.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE') and g.oid in (select h.oid from history as h)
      or g.privilege_type not in ('SELECT', 'USAGE')
        and o.rolname in ('smartattend_app', 'smartattend_auditor', 'smartattend_operator', 'smartattend_sealer', 'smartattend_refresher')
    )

  union all
  select 'function', p.label, 'search_path = pg_catalog, pg_temp', coalesce(array_to_string(p.proconfig, '; '), 'no setting')
  from routine as p
  where p.prosecdef and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))

  union all
  select 'function', p.label, 'not executable by public', 'executable by public'
  from routine as p
  cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
  where a.grantee = 0 and (p.prosecdef or p.room <> 'core')

  union all
  -- what was refreshed has no policies: its views run as their owner, and are the barrier themselves
  select
    'view', r.label, case v.stands_for_policies when true then 'security_barrier' else 'security_invoker' end,
    case v.stands_for_policies when true then 'no barrier' else 'runs as its owner' end
  from relation as r
  cross join lateral (select r.relnamespace = to_regnamespace('report') and pg_get_userbyid(r.relowner) = 'smartattend_refresher') as v (stands_for_policies)
  where r.relkind = 'v'
    and not coalesce(r.reloptions, '{}') && case v.stands_for_policies
      when true then array['security_barrier=true', 'security_barrier=on'] else array['security_invoker=true', 'security_invoker=on']
    end

  union all
  select 'owner', o.label, 'an owner role', pg_get_userbyid(o.owner)
  from (
    select r.label, r.relowner as owner, n.name as room
    from relation as r
    inner join room as n on n.oid = r.relnamespace
    union all
    select p.label, p.proowner, p.room from routine as p
    union all
    select r.name, n.nspowner, r.name
    from room as r
    inner join pg_namespace as n on n.oid = r.oid
  ) as o
  where (pg_get_userbyid(o.owner) in ('smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_refresher')) = (o.room = 'guard')

  union all
  select 'role', r.rolname, 'no superuser, no bypassrls, no login, creates nothing', concat_ws(
    ', ',
    case when r.rolsuper then 'superuser' end,
    case when r.rolbypassrls then 'bypassrls' end,
    case when r.rolcanlogin then 'login' end,
    case when r.rolcreaterole then 'createrole' end,
    case when r.rolcreatedb then 'createdb' end,
    case when r.rolreplication then 'replication' end
  )
  from pg_roles as r
  where r.rolname like 'smartattend\_%'
    and (r.rolsuper or r.rolbypassrls or r.rolcanlogin or r.rolcreaterole or r.rolcreatedb or r.rolreplication)

  union all
  select 'membership', m.rolname, 'no member of ' || o.rolname, 'member'
  from pg_auth_members as a
  inner join pg_roles as m on m.oid = a.member
  inner join pg_roles as o on o.oid = a.roleid
  where m.rolname like 'smartattend\_%' and m.rolname <> 'smartattend_deployer'

  union all
  select 'default privilege', o.name, 'functions that it makes are not executable by public', 'they are'
  from unnest(array['smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_refresher']) as o (name)
  inner join pg_roles as r on r.rolname = o.name
  where not exists (
    select from pg_default_acl as d
    where d.defaclrole = r.oid and d.defaclnamespace = 0 and d.defaclobjtype = 'f'
      and not exists (select from aclexplode(d.defaclacl) as a where a.grantee = 0)
  )
$$;
comment on function guard.broken_invariant() is
  'What must always hold, whatever was accepted, and does not: tenants isolated, history append-only, guards enabled always, nobody mighty, definer functions with a search_path, views as their caller. No rows is good.';

commit;
