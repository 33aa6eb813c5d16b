-- Deploy smartattend:identity/platform_anomalies to pg
begin;
set local role smartattend_session;

create function identity.platform_anomalies(since timestamptz)
returns table (user_id uuid, session_id uuid, anomaly text, observed text, expected text)
language sql
stable
security definer
rows 10
set search_path = pg_catalog, pg_temp
as $$
  with recent as materialized (
    select s.user_id, s.id, s.created_at, s.client_address, s.mfa_level
    from identity.platform_session as s
    where s.created_at >= platform_anomalies.since
  ), compared as (
    select
      r.*, e.sessions, e.of_the_day, e.mfa_level as usual_mfa_level, e.addresses, e.knows_address
    from recent as r
    cross join lateral (
      select
        count(*) as sessions,
        count(*) filter (where s.created_at > r.created_at - interval '24 hours') as of_the_day,
        max(s.mfa_level) as mfa_level,
        string_agg(distinct host(s.client_address), ', ') as addresses,
        bool_or(s.client_address is not distinct from r.client_address) as knows_address
      from identity.platform_session as s
      where s.user_id = r.user_id and s.created_at < r.created_at and s.created_at > r.created_at - interval '90 days'
    ) as e
  )
  select c.user_id, c.id, 'address', coalesce(host(c.client_address), 'a local socket'), 'one of ' || coalesce(c.addresses, 'the local sockets')
  from compared as c
  where c.sessions >= 3 and not c.knows_address
  union all
  select c.user_id, c.id, 'mfa_level', c.mfa_level::text, c.usual_mfa_level::text
  from compared as c
  where c.mfa_level < c.usual_mfa_level
  union all
  select c.user_id, c.id, 'many', c.of_the_day + 1 || ' sessions in 24 hours', 'at most 10'
  from compared as c
  where c.of_the_day >= 10
$$;
comment on function identity.platform_anomalies(timestamptz) is
  'Platform sessions since an instant that are unlike the person''s others of 90 days before: from an address that none of at least three had, with a lower level of multi-factor authentication, or the eleventh within a day.';
grant execute on function identity.platform_anomalies(timestamptz) to smartattend_owner;

commit;
