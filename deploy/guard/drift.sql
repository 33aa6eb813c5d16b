-- Deploy smartattend:guard/drift to pg
begin;

create index system_log_of_drift on guard.system_log (recorded_at) where kind in ('drift', 'seal');

create function guard.drift(since timestamptz)
returns table (id uuid, subject text, detail jsonb, recorded_at timestamptz)
language sql
stable
security definer
rows 10
set search_path = pg_catalog, pg_temp
as $$
  select l.id, l.subject, l.detail, l.recorded_at
  from guard.system_log as l
  where l.kind in ('drift', 'seal') and l.recorded_at > drift.since and pg_catalog.jsonb_typeof(l.detail -> 'after') is distinct from 'null'
$$;
comment on function guard.drift(timestamptz) is
  'What was logged since an instant as drift, without what is only its end, or as a seal that does not hold. For rooms that must not read the rest of the log, which tells of every tenant.';

commit;
