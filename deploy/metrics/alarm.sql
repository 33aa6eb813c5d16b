-- Deploy smartattend:metrics/alarm to pg
begin;
set local role smartattend_owner;

create table metrics.alarm (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  severity integer not null,
  source text not null,
  dedup_key text not null,
  title text not null,
  evidence jsonb not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint alarm_pkey primary key (tenant_id, id),
  constraint severity_is_1_to_4 check (severity >= 1 and severity <= 4),
  constraint source_is_known check (source in ('service_health', 'error_rate', 'slo_burn')),
  constraint evidence_is_an_object check (jsonb_typeof(evidence) = 'object')
);
comment on table metrics.alarm is
  'What an incident is to be made of, appended here: a service that is unhealthy or flapping, a rate of errors, a budget that burns. Several of one dedup_key are one incident.';
create index alarm_repeated on metrics.alarm (tenant_id, dedup_key, recorded_at);
create trigger alarm_100_append_only
before update or delete on metrics.alarm
for each row execute function core.refuse_change();
create trigger alarm_100_no_truncate
before truncate on metrics.alarm
for each statement execute function core.refuse_change();
alter table metrics.alarm enable always trigger alarm_100_append_only;
alter table metrics.alarm enable always trigger alarm_100_no_truncate;

create function metrics.raise_alarms(now timestamptz)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
  v_hour timestamptz := date_bin('1 hour', raise_alarms.now, '2000-01-01 00:00:00+00');
  v_raised bigint;
begin
  perform from metrics.watermark as w where w.tenant_id = v_tenant_id for update skip locked;
  if not found then
    return 0; -- nothing is counted yet, or another one is at work
  end if;
  insert into metrics.alarm (tenant_id, severity, source, dedup_key, title, evidence, recorded_at)
  select v_tenant_id, f.severity, f.source, f.dedup_key, f.title, f.evidence, raise_alarms.now
  from (
    select
      b.severity, 'slo_burn', 'slo_burn:' || b.objective, format('objective %s burns at %s times its budget', b.objective, b.factor),
      jsonb_build_object(
        'objective', b.objective, 'factor', b.factor, 'calls', b.calls, 'errors', b.errors, 'long_burn', b.long_burn, 'short_burn', b.short_burn
      )
    from (
      select s.*, row_number() over (partition by s.objective order by s.severity) as place from metrics.slo_burn(raise_alarms.now) as s where s.is_burning
    ) as b
    where b.place = 1
    union all
    select
      3, 'error_rate', format('error_rate:%s:%s', e.endpoint, e.class), format('%s: errors of class %s', e.endpoint, e.class),
      jsonb_build_object('endpoint', e.endpoint, 'class', e.class, 'calls', e.calls, 'errors', e.errors, 'rate', e.rate, 'at_least', e.at_least)
    from metrics.error_rate(v_hour, v_hour + interval '1 hour') as e
    where e.is_alarming
  ) as f (severity, source, dedup_key, title, evidence)
  -- Once an hour, or when it has become more severe.
  where not exists (
    select from metrics.alarm as a
    where a.tenant_id = v_tenant_id and a.dedup_key = f.dedup_key and a.recorded_at > raise_alarms.now - interval '1 hour' and a.severity <= f.severity
  );
  get diagnostics v_raised = row_count;
  return v_raised;
end $$;
comment on function metrics.raise_alarms(timestamptz) is
  'Appends alarms of the bound tenant (or of the platform) for budgets that burn, by their most severe rule, and for error rates of this hour; each once an hour at most. Answers how many.';

commit;
