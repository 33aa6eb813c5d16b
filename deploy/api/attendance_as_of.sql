-- Deploy smartattend:api/attendance_as_of to pg
begin;
set local role smartattend_owner;

create function api.attendance_as_of(
  subject_id uuid default null, from_date date default null, until_date date default null, known_at timestamptz default null,
  token text default null
)
returns table (
  record_id uuid, session_id uuid, unit_id uuid, business_date date, revision integer, kind text, state text, code text,
  in_at timestamptz, out_at timestamptz, reason_code text, reason text, actor_id uuid, requester_id uuid, approver_id uuid,
  recorded_at timestamptz
)
language plpgsql
volatile
security definer
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(attendance_as_of.token);
  v_subject_id uuid := coalesce(attendance_as_of.subject_id, v_actor.user_id);
  v_from date := coalesce(attendance_as_of.from_date, '-infinity');
  v_until date := coalesce(attendance_as_of.until_date, 'infinity');
  v_known_at timestamptz := coalesce(attendance_as_of.known_at, 'infinity');
  v_everywhere boolean;
begin
  if isfinite(attendance_as_of.from_date) is false or isfinite(attendance_as_of.until_date) is false then
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
    e.record_id, e.session_id, r.unit_id, e.business_date, e.revision, e.kind::text, e.state::text, e.code, e.in_at, e.out_at,
    e.reason_code, e.reason, e.actor_id, e.requester_id, e.approver_id, e.recorded_at
  from attendance.record as r
  -- The highest revision that was there, not the latest instant: a clock that was set back does not bring back what was corrected.
  cross join lateral (
    select v.*
    from attendance.event as v
    where v.tenant_id = r.tenant_id and v.record_id = r.id and v.recorded_at <= v_known_at
    order by v.revision desc
    limit 1
  ) as e
  where r.tenant_id = v_actor.tenant_id
    and r.subject_id = v_subject_id
    and r.business_date >= v_from
    and r.business_date <= v_until
    and (v_everywhere or (r.unit_id is not null and identity.holds('attendance.read', r.unit_id)))
  order by e.business_date, r.accounted_at, e.record_id;
end $$;
comment on function api.attendance_as_of(uuid, date, date, timestamptz, text) is
  'A person''s records (null: one''s own) from one business date to another, both included, as they were known at an instant (null: now): of each the highest revision recorded by then, with who made it, who asked for it and who approved it. What was recorded first is not in an earlier answer, what was corrected later is still in it. A transaction that is under way at that instant may still add to the answer. Other people''s only with attendance.read in the record''s unit; what lies outside that scope is left out. Errors SA001 to SA006, SA010, SA011.';
grant execute on function api.attendance_as_of(uuid, date, date, timestamptz, text) to smartattend_app;

commit;
