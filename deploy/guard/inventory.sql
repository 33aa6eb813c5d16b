-- Deploy smartattend:guard/inventory to pg
begin;

create function guard.room()
returns table (oid oid, name text)
language sql
stable
as $$
  select n.oid, n.nspname::text
  from pg_catalog.pg_namespace as n
  inner join pg_catalog.pg_roles as r on r.oid = n.nspowner
  where r.rolname in ('smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_refresher')
    or n.nspname = 'guard'
    or exists (select from guard.baseline as b where b.kind = 'schema' and b.object = n.nspname)
$$;
comment on function guard.room() is
  'The guarded schemas: those of the owner roles, guard itself, and whatever was one when the baseline was taken (a schema that changes hands stays guarded).';

create function guard.inventory()
returns table (kind text, object text, detail text)
language sql
stable
rows 6000
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set bytea_output = 'hex'
set extra_float_digits = 1
set quote_all_identifiers = off
as $$
  with room as materialized (
    select r.oid, quote_ident(r.name) as name from guard.room() as r
  ),
  relation as materialized (
    select
      c.oid, c.relkind, c.relacl, c.relowner, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relpartbound,
      r.name || '.' || quote_ident(c.relname) as label,
      case c.relkind
        when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'table'
      end as kind
    from pg_class as c
    inner join room as r on r.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
      and not exists (select from pg_depend as d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  ),
  routine as materialized (
    select p.*, r.name || '.' || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' as label
    from pg_proc as p
    inner join room as r on r.oid = p.pronamespace
    where not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  ),
  ours as materialized (
    select r.oid from pg_roles as r where r.rolname like 'smartattend\_%'
  ),
  granted as (
    select 'schema ' || r.name as label, n.nspowner as owner, a.grantee, a.privilege_type, a.is_grantable
    from pg_namespace as n
    inner join room as r on r.oid = n.oid
    cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
    union all
    select 'function ' || p.label, p.proowner, a.grantee, a.privilege_type, a.is_grantable
    from routine as p
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    union all
    select r.kind || ' ' || r.label, r.relowner, a.grantee, a.privilege_type, a.is_grantable
    from relation as r
    cross join lateral aclexplode(r.relacl) as a
    union all
    select 'column ' || r.label || '.' || quote_ident(c.attname), r.relowner, a.grantee, a.privilege_type, a.is_grantable
    from relation as r
    inner join pg_attribute as c on c.attrelid = r.oid and c.attnum > 0 and not c.attisdropped
    cross join lateral aclexplode(c.attacl) as a
  )
  select 'schema', r.name, 'owner ' || pg_get_userbyid(n.nspowner)
  from room as r
  inner join pg_namespace as n on n.oid = r.oid

  union all
  select
    r.kind,
    r.label,
    concat_ws(
      ', ',
      'owner ' || pg_get_userbyid(r.relowner),
      case r.relpersistence when 'u' then 'unlogged' end,
      case when r.relrowsecurity then 'row level security enabled' end,
      case when r.relforcerowsecurity then 'row level security forced' end,
      (select string_agg(o, ', ' order by o) from unnest(r.reloptions) as o where o ~ '^(security_|check_option)'),
      case when r.relpartbound is not null then 'partition of ' || (
        select i.inhparent::regclass from pg_inherits as i where i.inhrelid = r.oid
      ) || ' ' || pg_get_expr(r.relpartbound, r.oid) end,
      case when r.relkind in ('v', 'm') then encode(sha256(convert_to(pg_get_viewdef(r.oid), 'UTF8')), 'hex') end
    )
  from relation as r

  union all
  select
    'column',
    r.label || '.' || quote_ident(a.attname),
    concat_ws(
      ' ',
      format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then 'not null' end,
      case a.attidentity when 'a' then 'identity always' when 'd' then 'identity' end,
      case when a.attgenerated <> '' then 'generated' end,
      'default ' || case
        -- begins anew after a restore: guarded by the ledger
        when a.attname = 'epoch' and a.atttypid = 'integer'::regtype and pg_get_expr(d.adbin, d.adrelid) ~ '^\d+$' then 'the epoch'
        else pg_get_expr(d.adbin, d.adrelid)
      end
    )
  from relation as r
  inner join pg_attribute as a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where r.relkind in ('r', 'p', 'f')

  union all
  select
    'constraint',
    r.label || ': ' || quote_ident(c.conname),
    concat_ws(
      ' ',
      pg_get_constraintdef(c.oid),
      (
        select 'triggers ' || string_agg(t.tgenabled::text, '' order by t.tgenabled)
        from pg_trigger as t
        where t.tgconstraint = c.oid and t.tgisinternal and t.tgenabled <> 'O'
      )
    )
  from relation as r
  inner join pg_constraint as c on c.conrelid = r.oid
  where c.contype not in ('n', 't') or not c.convalidated

  union all
  select 'domain', r.name || '.' || quote_ident(t.typname), concat_ws(
    ' ',
    'owner ' || pg_get_userbyid(t.typowner),
    format_type(t.typbasetype, t.typtypmod),
    case when t.typnotnull then 'not null' end,
    'default ' || t.typdefault,
    (select string_agg(c.conname || ' ' || pg_get_constraintdef(c.oid), ', ' order by c.conname) from pg_constraint as c where c.contypid = t.oid)
  )
  from pg_type as t
  inner join room as r on r.oid = t.typnamespace
  where t.typtype = 'd'

  union all
  select
    'index',
    r.label || ': ' || quote_ident(i.relname),
    concat_ws(
      ' ',
      case when not exists (select from pg_constraint as c where c.conindid = x.indexrelid and c.contype in ('p', 'u', 'x')) then
        pg_get_indexdef(x.indexrelid)
      end,
      case when x.indisvalid and x.indisready and x.indimmediate then 'valid' when x.indisvalid and x.indisready then 'deferred' else 'not valid' end
    )
  from relation as r
  inner join pg_index as x on x.indrelid = r.oid and (x.indisunique or x.indisexclusion)
  inner join pg_class as i on i.oid = x.indexrelid

  union all
  select
    'trigger',
    r.label || ': ' || quote_ident(t.tgname),
    case t.tgenabled when 'A' then 'always: ' when 'O' then 'enabled: ' when 'R' then 'on a replica only: ' else 'disabled: ' end
    || pg_get_triggerdef(t.oid)
  from relation as r
  inner join pg_trigger as t on t.tgrelid = r.oid and not t.tgisinternal

  union all
  select
    'policy',
    r.label || ': ' || quote_ident(p.polname),
    concat_ws(
      ' ',
      case when not p.polpermissive then 'restrictive' end,
      case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end,
      'to ' || (
        select string_agg(case when o = 0 then 'public' else pg_get_userbyid(o)::text end, ', ' order by pg_get_userbyid(o))
        from unnest(p.polroles) as o
      ),
      'using ' || pg_get_expr(p.polqual, p.polrelid),
      'with check ' || pg_get_expr(p.polwithcheck, p.polrelid)
    )
  from relation as r
  inner join pg_policy as p on p.polrelid = r.oid

  union all
  select 'rule', r.label || ': ' || quote_ident(w.rulename), w.ev_enabled::text || ' ' || pg_get_ruledef(w.oid)
  from relation as r
  inner join pg_rewrite as w on w.ev_class = r.oid and w.rulename <> '_RETURN'

  union all
  select
    'function',
    p.label,
    concat_ws(
      ' ',
      'owner ' || pg_get_userbyid(p.proowner),
      l.lanname,
      case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' end,
      'returns ' || case when p.proretset then 'setof ' else '' end || format_type(p.prorettype, null),
      case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
      case when p.proisstrict then 'strict' end,
      case when p.proleakproof then 'leakproof' end,
      case when p.prosecdef then 'security definer' else 'security invoker' end,
      'set ' || array_to_string(p.proconfig, '; '),
      'parameters ' || array_to_string(p.proargnames, ', '),
      'defaults ' || pg_get_expr(p.proargdefaults, 0),
      'body ' || encode(sha256(convert_to(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), 'UTF8')), 'hex')
    )
  from routine as p
  inner join pg_language as l on l.oid = p.prolang

  union all
  -- What an owner may do with its own is no news.
  select
    'privilege',
    g.label || ' for ' || case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee)::text end,
    string_agg(lower(g.privilege_type) || case when g.is_grantable then ' with grant option' else '' end, ', ' order by g.privilege_type)
  from granted as g
  where g.grantee <> g.owner
  group by g.label, g.grantee

  union all
  select
    'default privilege',
    format(
      '%s of %s%s for %s',
      case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
      pg_get_userbyid(d.defaclrole), ' in ' || nullif(d.defaclnamespace, 0)::regnamespace::text,
      case when a.grantee = 0 then 'public' else pg_get_userbyid(a.grantee)::text end
    ),
    string_agg(lower(a.privilege_type), ', ' order by a.privilege_type)
  from pg_default_acl as d
  cross join lateral aclexplode(d.defaclacl) as a
  where d.defaclrole in (select o.oid from ours as o) or d.defaclnamespace in (select r.oid from room as r)
  group by d.oid, d.defaclobjtype, d.defaclrole, d.defaclnamespace, a.grantee

  union all
  select
    'role',
    r.rolname::text,
    concat_ws(
      ', ',
      case when r.rolsuper then 'superuser' end,
      case when r.rolbypassrls then 'bypasses row level security' end,
      case when r.rolcanlogin then 'can log in' end,
      case when r.rolinherit then 'inherits' end,
      case when r.rolcreaterole then 'creates roles' end,
      case when r.rolcreatedb then 'creates databases' end,
      case when r.rolreplication then 'replicates' end,
      'exists'
    )
  from pg_roles as r
  inner join ours as o on o.oid = r.oid

  union all
  -- PostgreSQL 16 has more columns than 15, and a row for each grantor.
  select
    'membership',
    pg_get_userbyid(m.roleid) || ' to ' || pg_get_userbyid(m.member),
    concat_ws(
      ', ',
      'member',
      case when bool_or(m.admin_option) then 'admin' end,
      case when bool_or((to_jsonb(m) ->> 'inherit_option')::boolean) then 'inherits' end,
      case when not bool_or(coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)) then 'cannot set it' end
    )
  from pg_auth_members as m
  where m.roleid in (select o.oid from ours as o) or m.member in (select o.oid from ours as o)
  group by m.roleid, m.member

  union all
  select
    'role setting',
    format(
      '%s of %s in %s',
      split_part(c, '=', 1),
      case when s.setrole = 0 then 'every role' else pg_get_userbyid(s.setrole)::text end,
      case when s.setdatabase = 0 then 'every database' else 'this database' end
    ),
    substr(c, strpos(c, '=') + 1)
  from pg_db_role_setting as s
  cross join lateral unnest(s.setconfig) as c
  where s.setdatabase in (0, (select b.oid from pg_database as b where b.datname = current_database()))
    and (s.setrole = 0 or s.setrole in (select o.oid from ours as o))

  union all
  select
    'event trigger',
    e.evtname::text,
    concat_ws(
      ' ',
      case e.evtenabled when 'A' then 'always:' when 'O' then 'enabled:' when 'R' then 'on a replica only:' else 'disabled:' end,
      e.evtevent, p.label, array_to_string(e.evttags, ', ')
    )
  from pg_event_trigger as e
  inner join routine as p on p.oid = e.evtfoid

  union all
  select
    'extension',
    x.extname::text,
    format(
      'in %s with %s objects', r.name,
      (select count(*) from pg_depend as d where d.refclassid = 'pg_extension'::regclass and d.refobjid = x.oid and d.deptype = 'e')
    )
  from pg_extension as x
  inner join room as r on r.oid = x.extnamespace
$$;
comment on function guard.inventory() is
  'Every fact that enforces something in the guarded schemas, and about the roles smartattend_*: one row each, by names, without identifiers that differ between a deployment and a restore. The number of the ledger''s epoch in a column''s default is left out. Own privileges of owners are left out.';

create function guard.fingerprint()
returns bytea
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(
    string_agg(
      format('%s:%s%s:%s%s:%s', length(i.kind), i.kind, length(i.object), i.object, length(i.detail), i.detail), ''
      order by i.kind collate "C", i.object collate "C"
    ),
    'UTF8'
  ))
  from guard.inventory() as i
$$;
comment on function guard.fingerprint() is
  'SHA-256 of the inventory, ordered by kind and object, each text preceded by its length: what the ledger seals into each block.';

commit;
