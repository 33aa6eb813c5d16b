-- Deploy smartattend:attendance/outcome to pg
begin;
set local role smartattend_owner;

create function attendance.utc(instant timestamptz)
returns text
language sql
stable
as $$ select pg_catalog.to_char(utc.instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
comment on function attendance.utc(timestamptz) is
  'An instant as ISO 8601 in UTC with microseconds, whatever the session''s time zone: a replay equals its first answer.';

create function attendance.detail(
  session_id uuid, state text, code text, business_date date, effective_at timestamptz, basis text
)
returns jsonb
language sql
stable
as $$
  select pg_catalog.jsonb_build_object(
    'session_id', detail.session_id,
    'state', detail.state,
    'code', detail.code,
    'business_date', detail.business_date,
    'effective_at', attendance.utc(detail.effective_at),
    'basis', detail.basis
  )
$$;
comment on function attendance.detail(uuid, text, text, date, timestamptz, text) is 'The detail of a punch''s outcome.';

create function attendance.outcome(event attendance.event, status text default 'accepted')
returns core.outcome
language sql
stable
as $$
  select (
    outcome.status, null, null, (outcome.event).record_id, (outcome.event).revision,
    attendance.detail(
      (outcome.event).session_id, (outcome.event).state, (outcome.event).code, (outcome.event).business_date,
      (outcome.event).effective_at, (outcome.event).basis
    )
  )::core.outcome
$$;
comment on function attendance.outcome(attendance.event, text) is
  'The outcome that an event stands for: it carries its complete result, so that a replay is read from the event alone.';

commit;
