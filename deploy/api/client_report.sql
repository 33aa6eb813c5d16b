-- Deploy smartattend:api/client_report to pg
begin;
set local role smartattend_owner;

create function api.client_report(key uuid, counts jsonb, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(client_report.token);
  v_now timestamptz := core.clock();
  v_outcome core.outcome;
  v_wrong record;
  v_calls metrics.call[];
  v_replays bigint;
begin
  if jsonb_typeof(client_report.counts) is distinct from 'array' or jsonb_array_length(client_report.counts) not in (select * from generate_series(1, 1000)) then
    perform core.fail('SA010', coalesce(jsonb_typeof(client_report.counts), 'null'), 'an array of 1 to 1000 counts');
  end if;
  select c.ordinal, c.value into v_wrong
  from jsonb_array_elements(client_report.counts) with ordinality as c (value, ordinal)
  where jsonb_typeof(c.value) <> 'object'
    or (
      c.value ->> 'outcome' in ('failed', 'replayed')
      and coalesce(c.value ->> 'code', '') ~ case c.value ->> 'outcome' when 'failed' then '^[0-9A-Z]{5}$' else '^$' end
      and c.value ->> 'bucket' ~ '^-?[0-9]{1,3}$'
      and c.value ->> 'count' ~ '^[1-9][0-9]{0,6}$'
      and core.instant(c.value ->> 'minute') > v_now - interval '7 days'
      and core.instant(c.value ->> 'minute') <= v_now + interval '1 minute'
      and exists (select from pg_proc as p where p.pronamespace = 'api'::regnamespace and p.proname = c.value ->> 'endpoint')
    ) is not true
  order by c.ordinal
  limit 1;
  if found then
    perform core.fail(
      'SA010', format('count %s: %s', v_wrong.ordinal, v_wrong.value),
      '{endpoint: a procedure of api, outcome: failed with its code or replayed, minute: of the last 7 days, bucket, count: 1 to 9999999}'
    );
  end if;
  v_outcome := core.claim('client_report', client_report.key, client_report.counts);
  if v_outcome.status = 'replayed' then
    return core.finish(v_outcome);
  elsif v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('client_report', client_report.key, client_report.counts, v_outcome));
  end if;
  if not identity.holds('metrics.report', v_actor.unit_id) then
    return core.finish(
      ledger.refuse('client_report', client_report.key, client_report.counts, core.refused('SA104', jsonb_build_object('expected', 'metrics.report'))),
      client_report.key
    );
  end if;
  select
    array_agg((
      date_bin('1 minute', core.instant(c.value ->> 'minute'), '2000-01-01 00:00:00+00'), c.value ->> 'endpoint', c.value ->> 'outcome',
      coalesce(c.value ->> 'code', ''), (c.value ->> 'bucket')::integer, (c.value ->> 'count')::bigint
    )::metrics.call),
    sum((c.value ->> 'count')::bigint) filter (where c.value ->> 'outcome' = 'replayed' and c.value ->> 'endpoint' in ('check_in', 'check_out'))
  into v_calls, v_replays
  from jsonb_array_elements(client_report.counts) as c (value);
  perform metrics.add_calls(v_calls);
  perform metrics.add_to_counter('checkin_replay', v_replays);
  return core.finish(
    core.accepted(null, null, jsonb_build_object('calls', (select sum(c.count) from unnest(v_calls) as c))), client_report.key
  );
end $$;
comment on function api.client_report(uuid, jsonb, text) is
  'What only a client can count: calls that raised or got no answer (failed, with the SQLSTATE; 57014 for a timeout, 08006 for a lost connection), and retries of its own that were answered as replayed. counts: [{"endpoint": "check_in", "outcome": "failed", "code": "57014", "minute": "2026-11-28T09:15:00Z", "bucket": 40, "count": 3}], with bucket = ceil(4·log2(milliseconds)); accepted and refused calls are the database''s own count. For who holds metrics.report (devices, offices, administrators). Errors SA001–SA006, SA010, SA012; refusals SA102, SA104.';
grant execute on function api.client_report(uuid, jsonb, text) to smartattend_app;

commit;
