-- Deploy smartattend:api/attendance_history to pg
begin;
set local role smartattend_owner;

create function api.attendance_history(
  subject_id uuid default null, from_date date default null, to_date date default null, token text default null
)
returns table (
  record_id uuid, session_id uuid, business_date date, revision integer, kind text, state text, code text,
  in_at timestamptz, out_at timestamptz, claimed_at timestamptz, effective_at timestamptz, basis text,
  reason_code text, reason text, actor_id uuid, device_id uuid, recorded_at timestamptz
)
language plpgsql
volatile
security definer
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(attendance_history.token);
  v_subject_id uuid := coalesce(attendance_history.subject_id, v_actor.user_id);
  v_everywhere boolean;
begin
  if isfinite(attendance_history.from_date) is false or isfinite(attendance_history.to_date) is false then
    perform core.fail('SA010', 'an infinite date', 'dates, or null for no bound');
  end if;
  if not exists (
    select from identity.membership as m where m.tenant_id = v_actor.tenant_id and m.user_id = v_subject_id
  ) then
    perform core.fail('SA011', 'subject_id ' || coalesce(v_subject_id::text, 'null'), 'a member of this tenant');
  end if;
  v_everywhere := v_subject_id = v_actor.user_id or identity.holds('attendance.read');
  return query
  select
    e.record_id, e.session_id, e.business_date, e.revision, e.kind::text, e.state::text, e.code, e.in_at, e.out_at, e.claimed_at, e.effective_at,
    e.basis::text, e.reason_code, e.reason, e.actor_id, e.device_id, e.recorded_at
  from attendance.record as r
  inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id
  where r.tenant_id = v_actor.tenant_id
    and r.subject_id = v_subject_id
    and r.business_date >= coalesce(attendance_history.from_date, '-infinity')
    and r.business_date <= coalesce(attendance_history.to_date, 'infinity')
    and (v_everywhere or (r.unit_id is not null and identity.holds('attendance.read', r.unit_id)))
  order by e.business_date, e.recorded_at, e.revision;
end $$;
comment on function api.attendance_history(uuid, date, date, text) is
  'Every revision of a person''s records (null: one''s own) from one business date to another, both included: what was recorded, when, by whom, and why. Other people''s only with attendance.read in the record''s unit; what lies outside that scope is left out. Errors SA001–SA006, SA010, SA011.';
grant execute on function api.attendance_history(uuid, date, date, text) to smartattend_app;

commit;
