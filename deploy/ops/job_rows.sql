-- Deploy smartattend:ops/job_rows to pg
begin;
set local role smartattend_owner;

insert into ops.job (job, room, call, scope, every, gate, runs_as, time_out, raises_after, severity, position, meaning) values
  (
    'seal', 'ledger', 'ledger.seal()', 'platform', '1 minute', null, 'smartattend_sealer', '10 minutes', 3, 2, 100,
    'what was committed is sealed into blocks, and the guard looks around'
  ),
  (
    'verify', 'ledger', 'ledger.verify_next()', 'platform', '1 hour', null, 'smartattend_sealer', '30 minutes', 1, 1, 900,
    'what was sealed is compared with the rows; a failure is damage'
  ),
  (
    'partitions', 'ops', 'ops.partition_ahead()', 'platform', '6 hours', null, 'smartattend_owner', '1 minute', 4, 2, 110,
    'the partitions of the coming two months exist'
  ),
  (
    'access', 'ops', 'ops.advance_access()', 'tenant', '15 minutes', 'administration_write', 'smartattend_owner', '10 minutes', 3, 3, 300,
    'roles come into effect and expire, reviews fall due, escalation is noticed'
  ),
  (
    'access_platform', 'access', 'access.observe_platform(core.clock())', 'platform', '5 minutes', null, 'smartattend_owner', '1 minute', 3, 2, 310,
    'drift of the guard and odd platform sessions are noticed'
  ),
  (
    'clocks', 'timing', 'timing.expire_clocks()', 'tenant', '15 minutes', 'capture_write', 'smartattend_owner', '5 minutes', 3, 3, 320,
    'the clocks of silent devices become unknown'
  ),
  (
    'corrections', 'attendance', 'attendance.expire_corrections()', 'tenant', '1 hour', 'capture_write', 'smartattend_owner', '5 minutes', 3, 3, 330,
    'corrections that nobody decided in time expire'
  ),
  (
    'finalize', 'attendance', 'attendance.finalize(core.clock())', 'tenant', '5 minutes', 'capture_write', 'smartattend_owner', '30 minutes', 3, 3,
    340, 'who was expected and has no record gets an absence'
  ),
  (
    'registers', 'attendance', 'attendance.close_registers()', 'tenant', '15 minutes', 'capture_write', 'smartattend_owner', '5 minutes', 3, 3, 350,
    'registers that were submitted long ago are closed'
  ),
  (
    'integrity', 'integrity', 'integrity.scan()', 'tenant', '5 minutes', 'capture_write', 'smartattend_owner', '30 minutes', 3, 3, 360,
    'the integrity rules judge what is new'
  );

-- Facts become incidents, each source for itself.
insert into ops.job (job, room, call, scope, every, time_out, raises_after, severity, position, meaning)
select
  'detect_' || s.job, 'ops', format('ops.detect(%L)', s.source), s.scope, '1 minute', '1 minute', 3, 2, 800 + s.position,
  'incidents are made of ' || s.meaning
from (
  values
    ('guard', 'guard', 'platform', 1, 'drift and failed self-tests'),
    ('seal', 'the_seal', 'platform', 2, 'a seal that is too old'),
    ('maintenance', 'maintenance', 'platform', 3, 'jobs that fail'),
    ('access_platform', 'access', 'platform', 4, 'alarms about the platform''s people'),
    ('access', 'access', 'tenant', 5, 'alarms about privileges'),
    ('refusals', 'refusals', 'tenant', 6, 'writes into closed periods'),
    ('clocks', 'clocks', 'tenant', 7, 'what devices say of the server''s clock'),
    ('metrics_platform', 'metrics', 'platform', 8, 'the platform''s services, errors and budgets'),
    ('metrics', 'metrics', 'tenant', 9, 'a tenant''s services, errors and budgets'),
    ('reports', 'reports', 'platform', 10, 'reports that cannot be refreshed')
) as s (job, source, scope, position, meaning);

-- What tenants have, and the platform, too.
insert into ops.job (job, room, call, scope, every, time_out, raises_after, severity, position, meaning)
select
  s.job || case c.scope when 'platform' then '_platform' else '' end, split_part(s.call, '.', 1), s.call, c.scope, s.every, interval '5 minutes', 3, 3,
  s.position, s.meaning
from (values
  ('incidents', 'incident.advance(core.clock())', interval '1 minute', 600, 'acknowledgements lapse, promises are judged, escalation steps are taken'),
  ('pages', 'ops.publish_pages()', '10 seconds', 850, 'who is called about an incident is told'),
  ('requests', 'metrics.roll_up(core.clock())', '1 minute', 400, 'calls are counted by minute and hour'),
  ('alarms', 'metrics.raise_alarms(core.clock())', '1 minute', 420, 'errors and budgets that burn are noticed'),
  ('samples', 'metrics.collect(core.clock())', '5 minutes', 410, 'gauges and counters are sampled'),
  ('old_metrics', 'metrics.expire(core.clock())', '1 day', 950, 'what is older than it is kept is deleted')
) as s (job, call, every, position, meaning)
cross join (values ('platform'), ('tenant')) as c (scope);

insert into ops.job (job, room, call, scope, every, time_out, raises_after, severity, position, meaning) values
  ('health', 'ops', 'ops.report_health(core.clock())', 'platform', '1 minute', '1 minute', 3, 2, 700, 'services are looked at'),
  ('health_api', 'ops', 'ops.report_api_health(core.clock())', 'tenant', '1 minute', '1 minute', 3, 3, 705, 'whether a tenant''s calls are answered'),
  ('silent_health_platform', 'metrics', 'metrics.age_health(core.clock())', 'platform', '1 minute', '1 minute', 3, 2, 710, 'a service that nobody reports on is unknown'),
  ('silent_health', 'metrics', 'metrics.age_health(core.clock())', 'tenant', '1 minute', '1 minute', 3, 3, 711, 'a service that nobody reports on is unknown');

-- A report each, so that one that is slow or fails keeps no other waiting.
insert into ops.job (job, room, call, scope, every, runs_as, time_out, raises_after, severity, position, meaning)
select
  'report_' || f.view, 'report', format('report.refresh(%L)', f.view), 'platform', f.refresh_every, 'smartattend_refresher', '30 minutes', 3, 3, 910,
  'the report is refreshed: ' || f.meaning
from report.freshness as f;

commit;
