-- Deploy smartattend:access/observe_platform to pg
begin;

set local role smartattend_owner;

create function access.observe_platform(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_events bigint;
begin
  insert into access.escalation_event (tenant_id, rule, user_id, evidence, dedupe_key, observed_at)
  select '00000000-0000-0000-0000-000000000000', s.rule, s.user_id, s.evidence, s.dedupe_key, observe_platform.now
  from (
    select 'E16' as rule, null::uuid as user_id, coalesce('seal ' || (l.detail ->> 'digest'), l.id::text) as dedupe_key, -- the same damage once
      l.detail || jsonb_build_object('subject', l.subject, 'logged_at', l.recorded_at) as evidence
    from guard.drift(observe_platform.now - interval '90 days') as l
    union all
    select 'E17', a.user_id, format('%s %s', a.session_id, a.anomaly),
      jsonb_build_object('session_id', a.session_id, 'anomaly', a.anomaly, 'observed', a.observed, 'expected', a.expected)
    from identity.platform_anomalies(observe_platform.now - interval '90 days') as a
  ) as s
  on conflict on constraint nothing_is_observed_twice do nothing;
  get diagnostics v_events = row_count;
  return v_events;
end $$;
comment on function access.observe_platform(timestamptz) is
  'Looks for what concerns the platform, which has no tenant (the nil UUID): what the guard found that differs from what was accepted or must always hold, and a ledger that did not verify (E16), and platform sessions unlike the person''s others (E17), of the last 90 days. Answers the number of new events. Where no tenant is bound.';

commit;
