-- Deploy smartattend:api/register_marks to pg
begin;
set local role smartattend_owner;

create function api.register_marks(session_id uuid, token text default null)
returns table (
  subject_id uuid, member_number text, display_name text, is_expected boolean, is_required boolean, prefilled_code text, prefilled_by text,
  code text, teacher_code text, office_code text, state text, record_id uuid, revision integer, in_at timestamptz, out_at timestamptz
)
language plpgsql
volatile
security definer
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(register_marks.token);
  v_unit_id uuid;
begin
  select s.unit_id into v_unit_id
  from attendance.session as s
  where s.tenant_id = v_actor.tenant_id and s.id = register_marks.session_id;
  if not found then
    perform core.fail('SA011', 'session_id ' || coalesce(register_marks.session_id::text, 'null'), 'a session of this tenant');
  end if;
  if not (identity.holds('attendance.read', v_unit_id) or attendance.takes_register(register_marks.session_id, v_unit_id)) then
    perform core.fail('SA104', 'a session without attendance.read', 'attendance.read in this unit, or being the substitute');
  end if;
  return query
  select
    p.subject_id, m.member_number, m.display_name, x.subject_id is not null, coalesce(x.is_required, false),
    coalesce(r.code, x.code),
    case
      when r.id is null then x.source
      when o.has_punch then 'check_in'
      when o.office_code is not null then 'office'
      when o.teacher_code is not null then 'register'
      else 'finalize'
    end,
    r.code, o.teacher_code, o.office_code, r.state::text, r.id, r.revision, r.in_at, r.out_at
  from (
    select x.subject_id
    from attendance.expectation as x
    where x.tenant_id = v_actor.tenant_id and x.session_id = register_marks.session_id and x.withdrawn_at is null
    union
    select r.subject_id
    from attendance.record as r
    where r.tenant_id = v_actor.tenant_id and r.session_id = register_marks.session_id and r.state <> 'voided'
  ) as p
  inner join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.user_id = p.subject_id
  left join attendance.expectation as x
    on x.tenant_id = v_actor.tenant_id and x.session_id = register_marks.session_id and x.subject_id = p.subject_id and x.withdrawn_at is null
  left join attendance.record as r
    on r.tenant_id = v_actor.tenant_id and r.session_id = register_marks.session_id and r.subject_id = p.subject_id and r.state <> 'voided'
  left join lateral (
    select
      bool_or(e.kind in ('in', 'out', 'late_evidence')) as has_punch,
      (
        array_agg(coalesce(e.claimed_code, e.code) order by e.revision desc)
        filter (where e.kind = 'mark' and (e.claimed_code is not null or e.reason_code is null))
      )[1] as teacher_code,
      (
        array_agg(e.code order by e.revision desc)
        filter (where e.kind in ('import', 'correction', 'revert') or e.reason_code in ('office', 'leave', 'future_absence'))
      )[1] as office_code
    from attendance.event as e
    where e.tenant_id = v_actor.tenant_id and e.record_id = r.id
  ) as o on true
  order by m.display_name, m.member_number;
end $$;
comment on function api.register_marks(uuid, text) is
  'The roll of a session: everybody who is expected or recorded in it, what is prefilled and by whom (check_in, office, register, finalize; without a record the source of the expectation, where leave and future_absence prefill a code), the record''s code, and beside it what the teacher and what the office said last. The office''s value is the record''s. Nobody without a record is absent. Permission attendance.read in the session''s unit, or taking its register. Raises SA001 to SA006, SA011, SA104.';
grant execute on function api.register_marks(uuid, text) to smartattend_app;

commit;
