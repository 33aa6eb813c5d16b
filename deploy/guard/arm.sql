-- Deploy smartattend:guard/arm to pg
begin;

create function guard.judge_command()
returns event_trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_announced boolean := guard.is_announced();
  v_command record;
begin
  for v_command in
    with room as materialized (
      select r.oid, r.name from guard.room() as r
    ),
    owner as materialized (
      select r.oid from pg_roles as r where r.rolname in ('smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_refresher')
    ),
    command as materialized (
      select c.classid, c.objid, c.command_tag, c.object_type, c.schema_name, c.object_identity
      from pg_event_trigger_ddl_commands() as c
      where c.command_tag not in ('REINDEX', 'REFRESH MATERIALIZED VIEW') -- they define nothing
      union all
      select null, null, tg_tag, null, null, null where tg_tag = 'DROP OWNED' -- it lists no command, and revokes
    )
    select c.command_tag as tag, coalesce(c.object_identity, t.object) as object
    from command as c
    -- The event does not name what was granted on: look at what this transaction has touched.
    left join lateral (
      select 'schema ' || r.name as object
      from pg_namespace as n
      inner join room as r on r.oid = n.oid
      where age(n.xmin) <= 0
      union all
      select r.name || '.' || p.relname
      from pg_class as p
      inner join room as r on r.oid = p.relnamespace
      where age(p.xmin) <= 0
      union all
      select r.name || '.' || p.relname || '.' || a.attname
      from pg_attribute as a
      inner join pg_class as p on p.oid = a.attrelid
      inner join room as r on r.oid = p.relnamespace
      where age(a.xmin) <= 0
      union all
      select r.name || '.' || p.proname
      from pg_proc as p
      inner join room as r on r.oid = p.pronamespace
      where age(p.xmin) <= 0
      union all
      select r.name || '.' || p.typname
      from pg_type as p
      inner join room as r on r.oid = p.typnamespace
      where age(p.xmin) <= 0
      union all
      -- a default privilege may go with its row
      select 'default privileges'
      from (
        select bool_or(age(d.xmin) <= 0) as is_touched, count(distinct (d.oid, a.grantee)) as facts
        from pg_default_acl as d
        cross join lateral aclexplode(d.defaclacl) as a
        where pg_get_userbyid(d.defaclrole) like 'smartattend\_%' or d.defaclnamespace in (select r.oid from room as r)
      ) as d
      where c.command_tag = 'ALTER DEFAULT PRIVILEGES'
        and (d.is_touched or d.facts <> (select count(*) from guard.baseline as b where b.kind = 'default privilege'))
    ) as t on c.classid is null
    where coalesce(c.schema_name, '') <> 'pg_temp'
      and (
        t.object is not null
        or c.schema_name in (select r.name from room as r)
        or c.classid = 'pg_namespace'::regclass and c.objid in (select r.oid from room as r)
        or exists (
          select from pg_class as r
          where r.relnamespace in (select o.oid from room as o)
            and r.oid in (
              select p.polrelid from pg_policy as p where c.classid = 'pg_policy'::regclass and p.oid = c.objid
              union all
              select g.tgrelid from pg_trigger as g where c.classid = 'pg_trigger'::regclass and g.oid = c.objid
              union all
              select w.ev_class from pg_rewrite as w where c.classid = 'pg_rewrite'::regclass and w.oid = c.objid
            )
        )
        -- what was moved to another schema still belongs to its owner
        or exists (
          select from pg_class as r
          where c.classid = 'pg_class'::regclass and r.oid = c.objid and r.relowner in (select o.oid from owner as o)
        )
        or exists (
          select from pg_proc as p
          where c.classid = 'pg_proc'::regclass and p.oid = c.objid and p.proowner in (select o.oid from owner as o)
        )
        or exists (
          select from pg_type as p
          where c.classid = 'pg_type'::regclass and p.oid = c.objid and p.typowner in (select o.oid from owner as o)
        )
      )
  loop
    if not v_announced then
      perform guard.fail('SA040', v_command.tag || ' of ' || v_command.object, 'a transaction that begins with guard.begin_change');
    end if;
    perform guard.log('ddl', v_command.tag, jsonb_build_object('object', v_command.object));
  end loop;
end $$;
comment on function guard.judge_command() is
  'Event trigger: DDL on a guarded schema is refused (SA040) unless its transaction was announced, and logged if it was. What it breaks is judged at the commit, by guard.follow_change.';

create function guard.judge_drop()
returns event_trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_announced boolean := guard.is_announced();
  v_dropped record;
begin
  for v_dropped in
    select d.object_type, d.object_identity, d.original
    from pg_event_trigger_dropped_objects() as d
    where not d.is_temporary
      and coalesce(d.schema_name, d.address_names[1]) in (
        select r.name from guard.room() as r
        union all
        select b.object from guard.baseline as b where b.kind = 'schema'
      )
  loop
    if not v_announced then
      perform guard.fail(
        'SA040', format('drop of %s %s', v_dropped.object_type, v_dropped.object_identity), 'a transaction that begins with guard.begin_change'
      );
    end if;
    if v_dropped.original then
      perform guard.log('ddl', 'DROP ' || upper(v_dropped.object_type), jsonb_build_object('object', v_dropped.object_identity));
    end if;
  end loop;
end $$;
comment on function guard.judge_drop() is 'Event trigger: the same for what is dropped, also along with something else.';

create function guard.arm()
returns table (attempt text, expected text, observed text, held boolean)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
  v_drift record;
  v_results jsonb;
begin
  if not (select r.rolsuper from pg_roles as r where r.rolname = current_user) then
    perform guard.fail('SA042', current_user, 'a superuser, who alone may make event triggers');
  end if;
  if exists (select from guard.baseline) then
    select v.* into v_drift from guard.verify() as v where v.kind <> 'event trigger' limit 1;
    if found then
      perform guard.fail('SA043', concat_ws(' ', v_drift.problem, v_drift.kind, v_drift.object), v_drift.expected);
    end if;
  end if;
  foreach v_name in array array['smartattend_guard_commands', 'smartattend_guard_drops'] loop
    if exists (select from pg_event_trigger as e where e.evtname = v_name) then
      execute format('drop event trigger %I', v_name);
    end if;
  end loop;
  create event trigger smartattend_guard_commands on ddl_command_end execute function guard.judge_command();
  create event trigger smartattend_guard_drops on sql_drop execute function guard.judge_drop();
  alter event trigger smartattend_guard_commands enable always;
  alter event trigger smartattend_guard_drops enable always;
  perform guard.take_baseline('armed');
  perform guard.log('guard', 'armed');
  select jsonb_agg(s) into v_results from guard.self_test() as s;
  if v_results @> '[{"held": false}]' then
    perform guard.fail('SA041', v_results::text, 'a self-test that holds');
  end if;
  return query
  select s.attempt, s.expected, s.observed, s.held
  from jsonb_to_recordset(v_results) as s (attempt text, expected text, observed text, held boolean);
end $$;
comment on function guard.arm() is
  'Makes the event triggers (a superuser''s step: SA042), takes the baseline and runs the self-test, all or nothing. Refuses to arm over drift from an earlier baseline (SA043) or a broken invariant (SA041). Safe to repeat.';

create function guard.disarm(reason text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
begin
  if not (select r.rolsuper from pg_roles as r where r.rolname = current_user) then
    perform guard.fail('SA042', current_user, 'a superuser, who alone may drop event triggers');
  end if;
  if coalesce(disarm.reason, '') !~ '\S.{8,}\S' then
    perform guard.fail('SA013', disarm.reason, 'why the guard has to sleep');
  end if;
  for v_name in select e.evtname from pg_event_trigger as e where e.evtname in ('smartattend_guard_commands', 'smartattend_guard_drops') loop
    execute format('drop event trigger %I', v_name);
  end loop;
  delete from guard.baseline where kind = 'event trigger';
  perform guard.log('guard', 'disarmed', jsonb_build_object('reason', disarm.reason));
end $$;
comment on function guard.disarm(text) is
  'Drops the event triggers, with a reason (SA013), which is logged. A superuser''s step (SA042). The baseline stays: what changes now is drift.';

commit;
