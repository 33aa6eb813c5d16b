-- Deploy smartattend:attendance/outcome to pg
begin;
set local role smartattend_owner;

create function attendance.utc(instant timestamptz)
returns text
language sql
immutable
as $$ select pg_catalog.to_char(utc.instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
comment on function attendance.utc(timestamptz) is
  'An instant as ISO 8601 in UTC with microseconds, whatever the session''s time zone: a replay equals its first answer.';

create function attendance.outcome(event attendance.event, status text default 'accepted')
returns core.outcome
language sql
immutable
as $$
  select (
    outcome.status, null, null, (outcome.event).record_id, (outcome.event).revision,
    pg_catalog.jsonb_build_object(
      'session_id', (outcome.event).session_id,
      'state', (outcome.event).state,
      'code', (outcome.event).code,
      'business_date', (outcome.event).business_date,
      'effective_at', attendance.utc((outcome.event).effective_at),
      'basis', (outcome.event).basis
    )
  )::core.outcome
$$;
comment on function attendance.outcome(attendance.event, text) is
  'The outcome that an event stands for: it carries its complete result, so that a replay is read from the event alone.';

commit;
