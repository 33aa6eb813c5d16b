-- Deploy smartattend:guard/news to pg
begin;

create function guard.news(since xid8, until xid8)
returns table (id uuid, kind text, subject text, detail jsonb, recorded_at timestamptz)
language sql
stable
security definer
rows 10
set search_path = pg_catalog, pg_temp
as $$
  select l.id, l.kind, l.subject, l.detail, l.recorded_at
  from guard.system_log as l
  where l.xid >= news.since and l.xid < news.until
    and (l.kind = 'drift' or l.kind = 'self_test' and l.subject in ('held', 'failed'))
  order by l.recorded_at, l.id
$$;
comment on function guard.news(xid8, xid8) is
  'What was logged as drift, its end, or the result of a self-test, by the transactions from one number to before another: what incidents are made of. For rooms that must not read the rest of the log, which tells of every tenant.';
revoke all on function guard.news(xid8, xid8) from public;
grant execute on function guard.news(xid8, xid8) to smartattend_owner;

commit;
