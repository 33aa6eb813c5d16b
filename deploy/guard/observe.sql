-- Deploy smartattend:guard/observe to pg
begin;

create table guard.seen (
  kind text not null,
  object text not null,
  detail text not null,
  constraint seen_pkey primary key (kind, object)
);
comment on table guard.seen is 'What guard.observe saw last: roles, memberships, settings, and drift, so that each is logged once.';

create function guard.observe()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_first boolean;
  v_logged integer;
begin
  lock table guard.seen in share row exclusive mode;
  v_first := not exists (select from guard.seen);
  with present as materialized (
    select i.kind, i.object, i.detail from guard.inventory() as i
  ),
  visible as materialized (
    select
      case p.kind when 'role setting' then 'setting' else 'role' end as kind,
      case p.kind when 'membership' then 'membership ' else '' end || p.object as object,
      p.detail
    from present as p
    where p.kind in ('role', 'membership', 'role setting')
    union all
    -- what the server would give a new session of this role; some are shown to pg_read_all_settings only
    select 'setting', s.name, coalesce(s.reset_val, '')
    from pg_settings as s
    where s.name in (
      'allow_system_table_mods', 'archive_mode', 'data_checksums', 'default_transaction_isolation', 'event_triggers', 'fsync', 'full_page_writes',
      'ignore_checksum_failure', 'local_preload_libraries', 'log_connections', 'log_disconnections', 'log_statement', 'password_encryption',
      'row_security', 'session_preload_libraries', 'session_replication_role', 'shared_preload_libraries', 'ssl', 'synchronous_commit',
      'wal_level', 'zero_damaged_pages'
    )
    union all
    select 'drift', kind || ' ' || object, jsonb_build_object('expected', b.detail, 'observed', p.detail)::text
    from guard.baseline as b
    full join present as p using (kind, object)
    where b.detail is distinct from p.detail and exists (select from guard.baseline)
    union all
    select 'drift', 'invariant ' || i.kind || ' ' || i.object || ': ' || i.expected, jsonb_build_object('expected', i.expected, 'observed', i.observed)::text
    from guard.broken_invariant() as i
  ),
  moved as materialized (
    select kind, object, s.detail as before, v.detail as after
    from guard.seen as s
    full join visible as v using (kind, object)
    where s.detail is distinct from v.detail
  ),
  forgotten as (
    delete from guard.seen as s using moved as m where m.kind = s.kind and m.object = s.object and m.after is null
  ),
  kept as (
    insert into guard.seen as s (kind, object, detail)
    select m.kind, m.object, m.after from moved as m where m.after is not null
    on conflict (kind, object) do update set detail = excluded.detail
  )
  select count(guard.log(m.kind, m.object, jsonb_build_object('before', m.before, 'after', m.after)))
  into v_logged
  from moved as m
  where m.kind = 'drift' or not v_first; -- the first look sees no change
  return v_logged;
end $$;
comment on function guard.observe() is
  'Logs what differs from the last look, once each: roles, memberships and settings, which fire no event trigger, drift from the baseline, broken invariants, and their end. Called by each seal; returns how many rows were logged.';

commit;
