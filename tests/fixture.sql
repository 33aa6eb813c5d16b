-- What pgTAP tests share: the inventory of our objects and a small world to act in. Loaded into schema tap of the test
-- database, after pgTAP and before its grants to public. Everything is salted with the backend's number, so that
-- files that run side by side never wait for each other's rows. All functions are for tests; none is deployed.

-- --- inventory: what is ours -------------------------------------------------------------------------------

create view tap.our_schema as
select n.oid, n.nspname::text as name, n.nspowner::regrole::text as owner
from pg_catalog.pg_namespace as n
where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public', 'sqitch', 'tap');

create view tap.our_relation as
select
  c.oid,
  s.name as schema,
  c.relname::text as name,
  format('%s.%s', s.name, c.relname) as label,
  c.relkind as kind,
  c.relowner::regrole::text as owner,
  c.relispartition as is_partition,
  exists (
    select from pg_catalog.pg_attribute as a
    where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  ) as is_tenants
from pg_catalog.pg_class as c
inner join tap.our_schema as s on s.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  and not exists (
    select from pg_catalog.pg_depend as d
    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
  );

create view tap.our_table as
select * from tap.our_relation where kind in ('r', 'p');

create view tap.our_function as
select
  p.oid,
  s.name as schema,
  p.proname::text as name,
  format('%s.%s(%s)', s.name, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as label,
  p.proowner::regrole::text as owner,
  l.lanname::text as language,
  p.prosecdef as is_definer,
  p.prorettype = 'trigger'::regtype as is_trigger,
  p.provolatile as volatility,
  p.proconfig as settings,
  coalesce(p.proargnames, '{}') as parameters,
  p.pronargs as arity,
  -- Comments say nothing about what a body does.
  pg_catalog.regexp_replace(p.prosrc, '--[^\n]*', '', 'g') as body
from pg_catalog.pg_proc as p
inner join tap.our_schema as s on s.oid = p.pronamespace
inner join pg_catalog.pg_language as l on l.oid = p.prolang
where not exists (
  select from pg_catalog.pg_depend as d
  where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
);

create view tap.our_policy as
select
  r.label,
  p.polname::text as name,
  case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' end as command,
  p.polpermissive as is_permissive,
  array(select case when o = 0 then 'public' else o::regrole::text end from unnest(p.polroles) as o order by 1) as roles,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using_expression,
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check_expression,
  p.oid
from pg_catalog.pg_policy as p
inner join tap.our_relation as r on r.oid = p.polrelid;

create view tap.our_trigger as
select
  r.label, r.name as relation, t.tgname::text as name, t.tgenabled as enabled,
  format('%s.%s', n.nspname, f.proname) as function,
  (t.tgtype & 1) <> 0 as for_each_row, (t.tgtype & 2) <> 0 as before,
  (t.tgtype & 4) <> 0 as on_insert, (t.tgtype & 8) <> 0 as on_delete, (t.tgtype & 16) <> 0 as on_update, (t.tgtype & 32) <> 0 as on_truncate,
  (pg_catalog.string_to_array(pg_catalog.encode(t.tgargs, 'escape'), '\000'))[1:t.tgnargs] as arguments
from pg_catalog.pg_trigger as t
inner join tap.our_relation as r on r.oid = t.tgrelid
inner join pg_catalog.pg_proc as f on f.oid = t.tgfoid
inner join pg_catalog.pg_namespace as n on n.oid = f.pronamespace
where not t.tgisinternal;

create function tap.outside_subselects(expression text)
returns text
language plpgsql
immutable
as $$
declare
  v_character text;
  v_kept text := '';
  v_depth integer := 0;
  v_inside integer;
begin
  for v_position in 1 .. coalesce(char_length(expression), 0) loop
    v_character := substr(expression, v_position, 1);
    if v_character = '(' then
      v_depth := v_depth + 1;
      if v_inside is null and substr(expression, v_position + 1) ~* '^\s*select\s' then
        v_inside := v_depth;
      end if;
    end if;
    if v_inside is null then
      v_kept := v_kept || v_character;
    end if;
    if v_character = ')' then
      if v_depth = v_inside then
        v_inside := null;
      end if;
      v_depth := v_depth - 1;
    end if;
  end loop;
  return v_kept;
end $$;
comment on function tap.outside_subselects(text) is 'A deparsed expression without its sub-selects.';

-- --- constraints -----------------------------------------------------------------------------------------------

create function tap.refuses(relation regclass, name text, bad jsonb, good jsonb)
returns text
language plpgsql
as $$
declare
  v_rule text := (
    select pg_catalog.regexp_replace(pg_catalog.pg_get_constraintdef(c.oid), '^CHECK ', '')
    from pg_catalog.pg_constraint as c
    where c.conrelid = refuses.relation and c.conname = refuses.name and c.contype = 'c' and c.convalidated
  );
  v_row jsonb;
  v_is_good boolean;
  v_holds boolean;
  v_wrong text := case when v_rule is null then 'there is no such constraint' end;
begin
  for v_row, v_is_good in
    select b.value, false
    from jsonb_array_elements(case jsonb_typeof(refuses.bad) when 'array' then refuses.bad else jsonb_build_array(refuses.bad) end) as b
    union all
    select refuses.good, true
  loop
    exit when v_wrong is not null;
    execute format('select %s from jsonb_populate_record(null::%s, $1) as r', v_rule, refuses.relation) into v_holds using v_row;
    if coalesce(v_holds, true) <> v_is_good then
      v_wrong := format('it says %s to %s', v_holds, v_row);
    end if;
  end loop;
  return tap.is(v_wrong, null, format('%s: %s', refuses.relation, replace(refuses.name, '_', ' ')));
end $$;
comment on function tap.refuses(regclass, text, jsonb, jsonb) is
  'One assertion: a check constraint says no to each bad row (an object, or an array of them) and not to the good one. Columns that are not given are null.';

-- --- a world to act in ---------------------------------------------------------------------------------------

create function tap.id(name text)
returns uuid
language sql
stable
as $$ select pg_catalog.md5(id.name || ' of ' || pg_catalog.pg_backend_pid())::uuid $$;
comment on function tap.id(text) is 'The identifier of a thing of the fixture (''alpha'', ''alpha/s1''), and a key for any other word.';

create function tap.slug(tenant text)
returns text
language sql
stable
as $$ select slug.tenant || '-' || pg_catalog.pg_backend_pid() $$;

create function tap.site(tenant text, code text, time_zone text default 'Europe/Brussels')
returns uuid
language sql
security definer
as $$
  insert into tenancy.site (tenant_id, id, code, name, time_zone)
  values (tap.id(tenant), tap.id(tenant || '/' || code), code, 'Site ' || code, site.time_zone)
  returning id
$$;
comment on function tap.site(text, text, text) is 'A site tap.id(''<tenant>/<code>'') with its root unit.';

create function tap.root(tenant text, site text)
returns uuid
language sql
stable
security definer
as $$
  select u.id from tenancy.unit as u
  where u.tenant_id = tap.id(tenant) and u.site_id = tap.id(tenant || '/' || root.site) and u.kind = 'site'
$$;
comment on function tap.root(text, text) is 'The root unit of a site.';

create function tap.unit(tenant text, site text, code text, kind text, parent text default null)
returns uuid
language sql
security definer
as $$
  insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
  values (
    tap.id(tenant), tap.id(tenant || '/' || code), tap.id(tenant || '/' || unit.site),
    case when parent is null then tap.root(tenant, unit.site) else tap.id(tenant || '/' || parent) end,
    unit.kind, code, 'Unit ' || code
  )
  returning id
$$;
comment on function tap.unit(text, text, text, text, text) is 'A unit tap.id(''<tenant>/<code>'') below another one or the site.';

create function tap.grant(tenant text, number text, role text, unit text default null, starts_at timestamptz default '2000-01-01 00:00+00')
returns uuid
language plpgsql
security definer
as $$
#variable_conflict use_variable
declare
  v_request uuid := core.uuid_v7();
  v_grant uuid := core.uuid_v7();
begin
  insert into access.role_request (tenant_id, id, kind, beneficiary_id, role, unit_id, starts_at, min_approvals, lapses_at)
  values (
    tap.id(tenant), v_request, 'bootstrap', tap.id(tenant || '/' || number), "grant".role, tap.id(tenant || '/' || unit), "grant".starts_at, 0, 'infinity'
  );
  update access.role_request as q set state = 'approved', state_via = 'waive' where q.tenant_id = tap.id(tenant) and q.id = v_request;
  update access.role_request as q set state = 'active', state_via = 'activate' where q.tenant_id = tap.id(tenant) and q.id = v_request;
  insert into identity.role_grant (tenant_id, id, user_id, role, unit_id, starts_at, request_id)
  values (tap.id(tenant), v_grant, tap.id(tenant || '/' || number), "grant".role, tap.id(tenant || '/' || unit), "grant".starts_at, v_request);
  return v_grant;
end $$;
comment on function tap.grant(text, text, text, text, timestamptz) is
  'A role of a member in a unit (null: the whole tenant), as if it had been made with the tenant; answers the grant''s id.';

create function tap.member(tenant text, number text, kind text default 'student', role text default null, unit text default null)
returns uuid
language plpgsql
security definer
as $$
#variable_conflict use_variable
declare
  v_id uuid := tap.id(tenant || '/' || number);
begin
  insert into identity."user" (id, login) values (v_id, lower(number) || '@' || tap.slug(tenant));
  insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from)
  values (tap.id(tenant), v_id, number, member.kind, 'Member ' || number, '2000-01-01 00:00+00');
  if role is not null then
    perform tap.grant(tenant, number, role, unit);
  end if;
  return v_id;
end $$;
comment on function tap.member(text, text, text, text, text) is
  'A person tap.id(''<tenant>/<number>''), a member since 2000, with a role in a unit (null: the whole tenant) if one is named.';

create function tap.device(tenant text, site text, code text, kind text default 'kiosk')
returns uuid
language sql
security definer
as $$
  insert into timing.device (tenant_id, id, site_id, code, name, kind, registered_at)
  values (tap.id(tenant), tap.id(tenant || '/' || code), tap.id(tenant || '/' || device.site), code, 'Device ' || code, device.kind, '2000-01-01')
  returning id
$$;
comment on function tap.device(text, text, text, text) is 'A device tap.id(''<tenant>/<code>'').';

create function tap.session(
  tenant text, code text, site text, unit text, starts_at timestamptz, lasts interval default '1 hour', kind text default 'meeting',
  expected text[] default '{}'
)
returns uuid
language plpgsql
security definer
as $$
#variable_conflict use_variable
declare
  v_id uuid := tap.id(tenant || '/' || code);
  v_unit_id uuid := coalesce(tap.id(tenant || '/' || unit), tap.root(tenant, session.site));
begin
  insert into attendance.session (
    tenant_id, id, site_id, unit_id, kind, source, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
  )
  select
    s.tenant_id, v_id, s.id, v_unit_id, session.kind, 'manual', 'Session ' || code, (session.starts_at at time zone s.time_zone)::date,
    s.time_zone, session.starts_at, session.starts_at + lasts, session.starts_at - interval '1 hour',
    session.starts_at + lasts + interval '4 hours', session.starts_at + interval '5 minutes'
  from tenancy.site as s
  where s.tenant_id = tap.id(tenant) and s.id = tap.id(tenant || '/' || session.site);
  insert into attendance.register (tenant_id, session_id) values (tap.id(tenant), v_id);
  insert into attendance.expectation (
    tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after
  )
  select
    s.tenant_id, tap.id(tenant || '/' || e.number), s.id, 'manual', s.unit_id, s.business_date, s.starts_at, s.ends_at, s.opens_at,
    s.closes_at, s.late_after
  from attendance.session as s, unnest(expected) as e (number)
  where s.tenant_id = tap.id(tenant) and s.id = v_id;
  return v_id;
end $$;
comment on function tap.session(text, text, text, text, timestamptz, interval, text, text[]) is
  'A session tap.id(''<tenant>/<code>'') of a unit (null: the site) with a register, for these members; its window opens an hour before and closes four hours after, late is five minutes after the start.';

create function tap.school(tenant text, is_sandbox boolean default false)
returns uuid
language plpgsql
security definer
as $$
begin
  insert into tenancy.tenant (tenant_id, slug, name, platform, time_zone, is_sandbox)
  values (tap.id(school.tenant), tap.slug(school.tenant), 'School ' || school.tenant, 'school', 'Europe/Brussels', school.is_sandbox);
  perform attendance.default_codes(tap.id(school.tenant));
  update tenancy.tenant set state = 'active', state_via = 'activate' where tenant_id = tap.id(school.tenant);
  perform
    tap.site(school.tenant, 'main'),
    tap.site(school.tenant, 'annex', 'America/New_York'),
    tap.unit(school.tenant, 'main', 'Y10', 'year_group'),
    tap.unit(school.tenant, 'main', '10A', 'class_group', 'Y10'),
    tap.unit(school.tenant, 'main', '10B', 'class_group', 'Y10'),
    tap.device(school.tenant, 'main', 'kiosk'),
    tap.member(school.tenant, 'admin', 'staff', 'school_admin'),
    tap.member(school.tenant, 'officer', 'staff', 'attendance_officer'),
    tap.member(school.tenant, 'f1', 'faculty', 'faculty', '10A'),
    tap.member(school.tenant, 'f2', 'faculty', 'faculty', '10B'),
    tap.member(school.tenant, 's1', 'student'),
    tap.member(school.tenant, 's2', 'student'),
    tap.member(school.tenant, 's3', 'student');
  perform
    tap.session(school.tenant, 'math', 'main', '10A', date_trunc('minute', core.clock()) - interval '2 minutes', expected => '{s1,s2}'),
    tap.session(school.tenant, 'latin', 'main', '10B', date_trunc('minute', core.clock()) - interval '2 minutes', expected => '{s3}');
  return tap.id(school.tenant);
end $$;
comment on function tap.school(text, boolean) is
  'An active school in Brussels: sites main and annex (New York); year Y10 with class groups 10A and 10B; members admin, officer, f1 (faculty of 10A), f2 (of 10B), s1 and s2 (expected in session math of 10A, which began two minutes ago by core.clock), s3 (expected in latin of 10B); device kiosk.';

create function tap.company(tenant text, is_sandbox boolean default false)
returns uuid
language plpgsql
security definer
as $$
begin
  insert into tenancy.tenant (tenant_id, slug, name, platform, time_zone, is_sandbox)
  values (tap.id(company.tenant), tap.slug(company.tenant), 'Company ' || company.tenant, 'corporate', 'Europe/Brussels', company.is_sandbox);
  perform attendance.default_codes(tap.id(company.tenant));
  update tenancy.tenant set state = 'active', state_via = 'activate' where tenant_id = tap.id(company.tenant);
  perform
    tap.site(company.tenant, 'plant'),
    tap.unit(company.tenant, 'plant', 'ops', 'department'),
    tap.device(company.tenant, 'plant', 'gate', 'gate'),
    tap.member(company.tenant, 'admin', 'hr', 'corporate_admin'),
    tap.member(company.tenant, 'm1', 'manager', 'manager', 'ops'),
    tap.member(company.tenant, 'e1', 'employee', 'employee'),
    tap.member(company.tenant, 'e2', 'employee', 'employee');
  return tap.id(company.tenant);
end $$;
comment on function tap.company(text, boolean) is
  'An active company in Brussels: site plant, department ops, members admin, m1 (manager of ops), e1, e2, device gate.';

create function tap.move_tenant(tenant text, variadic vias text[])
returns text
language plpgsql
security definer
as $$
#variable_conflict use_variable
declare
  v_via text;
  v_state text;
begin
  foreach v_via in array vias loop
    update tenancy.tenant as t
    set state = x.to_state, state_via = x.via, state_reason = 'the test needs this state'
    from core.transition as x
    where t.tenant_id = tap.id(tenant) and x.machine = 'tenant' and x.from_state = t.state and x.via = v_via
    returning t.state into strict v_state;
  end loop;
  return v_state;
end $$;
comment on function tap.move_tenant(text, text[]) is 'Moves a tenant through its lifecycle by these transitions, without the checks of api.tenant_transition.';

-- --- acting ----------------------------------------------------------------------------------------------------

create function tap.token(who text, lifetime interval default '12 hours', idle_timeout interval default null)
returns text
language sql
volatile
security definer
as $$
  select identity.login(tap.slug(split_part(who, '/', 1)), split_part(who, '/', 2), token.lifetime, token.idle_timeout, 'a test')
$$;
comment on function tap.token(text, interval, interval) is 'A new login token of ''<tenant>/<member number>''.';

create function tap.device_token(which text)
returns text
language sql
volatile
security definer
as $$ select timing.login_device(tap.slug(split_part(which, '/', 1)), split_part(which, '/', 2)) $$;
comment on function tap.device_token(text) is 'A new login token of ''<tenant>/<device code>''.';

create function tap.platform_token(name text default 'root', role text default 'superadmin')
returns text
language plpgsql
volatile
security definer
as $$
#variable_conflict use_variable
declare
  v_login text := platform_token.name || '-' || pg_backend_pid() || '@platform';
begin
  insert into identity."user" (id, login) values (tap.id('platform/' || platform_token.name), v_login) on conflict (login) do nothing;
  insert into identity.platform_grant (user_id, role, starts_at)
  values (tap.id('platform/' || platform_token.name), platform_token.role, '2000-01-01')
  on conflict do nothing;
  return identity.login_platform(v_login, 'the tests need a platform session', 'TEST-1', 2, '1 hour');
end $$;
comment on function tap.platform_token(text, text) is 'A new platform token of a person with a platform role; ends the person''s earlier one.';

create function tap.act_as(who text)
returns void
language plpgsql
volatile
as $$
begin
  perform set_config(
    'smartattend.token',
    case
      when who is null then ''
      when who like 'platform/%' then tap.platform_token(split_part(who, '/', 2))
      when split_part(who, '/', 2) in ('kiosk', 'gate') then tap.device_token(who)
      else tap.token(who)
    end,
    true
  );
end $$;
comment on function tap.act_as(text) is
  'Gives the transaction the token of a new session of ''<tenant>/<member number>'', ''<tenant>/kiosk'' or ''platform/<name>''; null takes it away. The database role stays.';

create function tap.bind(tenant text, number text default null, kind text default 'user')
returns void
language plpgsql
volatile
as $$
begin
  perform
    core.bind(
      tap.id(tenant), 'capture_read capture_write administration_read administration_write ordinary_read ordinary_write',
      (tap.id(tenant), tap.id(tenant || '/' || number), tap.id('a session'), null, null, kind, date_part('epoch', clock_timestamp()) * 1000000)::core.actor
    );
end $$;
comment on function tap.bind(text, text, text) is
  'What identity.bind_session leaves behind, with every gate open: for tests of what lies beneath the procedures, as role smartattend_owner.';

create function tap.set_clock(instant timestamptz)
returns void
language plpgsql
volatile
security definer
as $$
begin
  execute format(
    'create or replace function core.clock() returns timestamptz language sql volatile as $clock$ select %L::timestamptz $clock$', instant
  );
end $$;
comment on function tap.set_clock(timestamptz) is 'Stops the only clock at an instant, inside the test''s transaction.';

-- --- what a statement did ------------------------------------------------------------------------------------------

create function tap.contents()
returns jsonb
language plpgsql
stable
security definer
set timezone = 'UTC'
set datestyle = 'ISO, MDY'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
  v_contents jsonb := '{}';
  v_hash text;
  v_label text;
begin
  -- What a change leaves in the ledger follows from the change, and has tests of its own.
  for v_label in select t.label from tap.our_table as t where t.label !~ '^(ledger\.(change|payload)|guard\.system_log)' order by t.label loop
    execute format(
      'select md5(string_agg(t::text, e''\n'' order by t::text)) from %s as t%s', v_label,
      -- That there was a put is noted whatever becomes of it, and has a test of its own (tests/metrics/roll_up).
      case v_label when 'core.idempotency' then ' where t.command !~ ''^put_''' end
    ) into v_hash;
    v_contents := v_contents || jsonb_build_object(v_label, coalesce(v_hash, 'empty'));
  end loop;
  return v_contents;
end $$;
comment on function tap.contents() is 'A fingerprint of the rows of each of our tables.';

create function tap.changed(before jsonb)
returns text
language sql
stable
as $$
  select pg_catalog.string_agg(a.key, ', ' order by a.key)
  from jsonb_each_text(tap.contents()) as a
  where a.value is distinct from before ->> a.key
$$;
comment on function tap.changed(jsonb) is 'The tables whose rows differ from an earlier tap.contents(), or null.';

create function tap.effect(statement text)
returns text
language plpgsql
volatile
as $$
declare
  v_before jsonb := tap.contents();
  v_said text;
begin
  begin
    execute format('select string_agg(distinct concat_ws('' '', o.status, o.code), '' | '') from (%s) as o', statement) into v_said;
    v_said := coalesce(v_said, 'nothing') || coalesce(', wrote ' || tap.changed(v_before), '');
    raise exception using errcode = 'TAP00', message = v_said;
  exception
    when sqlstate 'TAP00' then return v_said;
    when others then return 'error ' || sqlstate;
  end;
end $$;
comment on function tap.effect(text) is
  'Runs a statement that yields outcomes, undoes it, and says in one line what it did: ''accepted, wrote attendance.event, attendance.record'', ''refused SA104, wrote ledger.refusal'', ''error SA010''.';

-- --- state machines ---------------------------------------------------------------------------------------------------

create function tap.try(statement text)
returns text
language plpgsql
volatile
as $$
declare
  v_detail text;
begin
  begin
    execute statement;
    raise exception using errcode = 'TAP00';
  exception
    when sqlstate 'TAP00' then return 'done';
    when sqlstate 'SA022' then
      get stacked diagnostics v_detail = pg_exception_detail;
      return 'SA022 ' || coalesce(substring(v_detail from '\((SA\d{3})\)'), '');
    when others then return sqlstate || ' ' || sqlerrm;
  end;
end $$;
comment on function tap.try(text) is 'Runs a statement and undoes it: ''done'', or its SQLSTATE (with the inner code of the state machine, or the message).';

create function tap.path(machine text, state text)
returns core.transition[]
language sql
stable
as $$
  with recursive walk as (
    select t.to_state as state, array[t] as path
    from core.transition as t
    where t.machine = path.machine and t.from_state is null
    union all
    select t.to_state, w.path || t
    from walk as w
    inner join core.transition as t on t.machine = path.machine and t.from_state = w.state
    where t.to_state <> all (select p.to_state from unnest(w.path) as p)
  )
  select w.path from walk as w where w.state = path.state order by cardinality(w.path) limit 1
$$;
comment on function tap.path(text, text) is 'A shortest legal way into a state, from the creation of the row.';

create function tap.way_in(machine text, state text, make text, move text)
returns text
language sql
stable
as $$
  select coalesce(
    pg_catalog.string_agg(
      format(case when p.from_state is null then make else move end, p.to_state, p.via, 'the test walks a legal way') || ';', ' ' order by n
    ),
    ''
  )
  from unnest(tap.path(way_in.machine, way_in.state)) with ordinality as p (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard, approvals, origin, n)
$$;

create function tap.matrix(machine text, make text, move text)
returns setof text
language plpgsql
volatile
as $$
#variable_conflict use_variable
declare
  v_pair record;
begin
  for v_pair in
    select
      f.state as from_state,
      t.state as to_state,
      (
        select array_agg(v.via order by v.via)
        from (select distinct x.via from core.transition as x where x.machine = matrix.machine union all values ('bypass')) as v
        where tap.try(
          case when f.state is null then format(make, t.state, v.via, 'the matrix tries this move')
            else tap.way_in(matrix.machine, f.state, make, move) || format(move, t.state, v.via, 'the matrix tries this move')
          end
        ) = 'done'
      ) as had,
      (
        select array_agg(x.via order by x.via)
        from core.transition as x
        where x.machine = matrix.machine and x.from_state is not distinct from f.state and x.to_state = t.state
      ) as wanted
    from (select s.state from core.state as s where s.machine = matrix.machine union all values (null)) as f (state)
    cross join (select s.state from core.state as s where s.machine = matrix.machine) as t
    order by f.state nulls first, t.state
  loop
    return next tap.is(
      v_pair.had, v_pair.wanted,
      format('%s -> %s: %s', coalesce(v_pair.from_state, 'nothing'), v_pair.to_state, coalesce(array_to_string(v_pair.wanted, ', '), 'never'))
    );
  end loop;
end $$;
comment on function tap.matrix(text, text, text) is
  'One test for every pair of states (and creation): by which transitions a direct write gets through, against the rows of core.transition. make and move are statements with %1$L state, %2$L via, %3$L reason.';

create function tap.conditions(machine text, make text, move text, tenant text, subject text)
returns setof text
language plpgsql
volatile
as $$
#variable_conflict use_variable
declare
  v_transition record;
  v_way text;
  v_had text[];
  v_wanted text[];
begin
  for v_transition in
    select t.* from core.transition as t where t.machine = conditions.machine order by t.from_state nulls first, t.to_state, t.via
  loop
    perform tap.bind(tenant, null, 'system');
    v_way := tap.way_in(conditions.machine, v_transition.from_state, make, move);
    v_had := '{}';
    -- without a reason; with one that says nothing; by a person; by the person that the row is about
    for v_try in 1 .. 4 loop
      v_had := v_had || tap.try(
        v_way
        || format(
          'select tap.bind(%L, %L, %L);', tenant,
          case v_try when 3 then 'admin' when 4 then subject end,
          case when v_try < 3 then 'system' else 'user' end
        )
        || format(
          case when v_transition.from_state is null then make else move end,
          v_transition.to_state, v_transition.via, case v_try when 1 then null when 2 then '..........' else 'the matrix tries this move' end
        )
      );
    end loop;
    v_wanted := array[
      case when v_transition.requires_reason then 'SA022 SA013' else 'done' end,
      case
        -- Some tables have a check that is quicker than the machine.
        when v_transition.requires_reason and v_had[2] !~ '^23514 .*"reason_says_something"' then 'SA022 SA013'
        else v_had[2]
      end,
      case when v_transition.system_only then 'SA022 SA106' else 'done' end,
      case
        when v_transition.system_only then 'SA022 SA106'
        when v_transition.distinct_actors <> '{}' and v_transition.from_state is not null then 'SA022 SA105'
        else 'done'
      end
    ];
    return next tap.is(
      v_had, v_wanted,
      format(
        '%s -> %s via %s: reason %s, system %s, not by %s', coalesce(v_transition.from_state, 'nothing'), v_transition.to_state,
        v_transition.via, v_transition.requires_reason, v_transition.system_only, v_transition.distinct_actors
      )
    );
  end loop;
end $$;
comment on function tap.conditions(text, text, text, text, text) is
  'One test for every transition: whether it wants a reason, the system or another person than the one the row is about.';

create view tap.stale_record as
select r.tenant_id, r.id, r.revision, e.revision as last_revision
from attendance.record as r
left join lateral (
  select e.* from attendance.event as e where e.tenant_id = r.tenant_id and e.record_id = r.id order by e.revision desc limit 1
) as e on true
where (r.subject_id, r.session_id, r.business_date, r.state, r.code, r.revision, r.in_at, r.out_at)
  is distinct from (e.subject_id, e.session_id, e.business_date, e.state, e.code, e.revision, e.in_at, e.out_at)
  or r.revision is distinct from (select count(*) from attendance.event as c where c.tenant_id = r.tenant_id and c.record_id = r.id)
  or r.is_open and (r.in_at is null or r.out_at is not null);
comment on view tap.stale_record is 'Records that do not agree with their events: there must be none, ever.';
