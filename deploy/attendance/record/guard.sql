-- Deploy smartattend:attendance/record/guard to pg
begin;
set local role smartattend_owner;

create unique index a_voided_record_is_replaced_once on attendance.record (tenant_id, replaces_id)
where replaces_id is not null;

create function attendance.overlaps_another(record attendance.record)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select (overlaps_another.record).in_at < (overlaps_another.record).out_at and exists (
    select from attendance.record as r
    where r.tenant_id = (overlaps_another.record).tenant_id
      and r.subject_id = (overlaps_another.record).subject_id
      and r.business_date between (overlaps_another.record).business_date - 3 and (overlaps_another.record).business_date + 3
      and r.id <> (overlaps_another.record).id
      and r.state in ('recorded', 'verified')
      and r.in_at < (overlaps_another.record).out_at
      and r.out_at > (overlaps_another.record).in_at
      and r.in_at < r.out_at
  )
$$;
comment on function attendance.overlaps_another(attendance.record) is
  'Whether the presence of a record overlaps that of another one of the person that counts: what the constraint presence_does_not_overlap would refuse. The caller has locked the person.';

create function attendance.own_register_refusal(session_id uuid)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_now timestamptz := core.clock();
  v_register record;
begin
  select r.state, s.unit_id into v_register
  from attendance.register as r
  inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
  where r.tenant_id = v_actor.tenant_id and r.session_id = own_register_refusal.session_id;
  if not exists (
    select from identity.role_grant as g
    inner join identity.role_permission as p on p.role = g.role
    where g.tenant_id = v_actor.tenant_id
      and g.user_id = v_actor.user_id
      and g.unit_id = v_register.unit_id
      and g.starts_at <= v_now
      and g.ends_at > v_now
      and coalesce(g.revoked_at, 'infinity') > v_now
      and p.permission = 'register.take'
  )
    and not exists (
      select from attendance.substitute as u
      where u.tenant_id = v_actor.tenant_id
        and u.session_id = own_register_refusal.session_id
        and u.user_id = v_actor.user_id
        and u.withdrawn_at is null
    )
    and v_actor.user_id is distinct from (
      select t.actor_id
      from attendance.register_transition as t
      where t.tenant_id = v_actor.tenant_id and t.object_id = own_register_refusal.session_id and t.via = 'submit'
      order by t.recorded_at desc
      limit 1
    )
  then
    return 'SA104';
  end if;
  return case when (v_register.state in ('submitted', 'closed')) is not true then 'SA109' end;
end $$;
comment on function attendance.own_register_refusal(uuid) is
  'What speaks against calling a session''s register the actor''s own and submitted: null, SA104 (another''s) or SA109 (not submitted). It is one''s own by a grant of register.take for the very unit of the session (a section is its class group, and the grant is who teaches it; a grant for a year or the whole school is not), as the substitute of its teacher, or by having submitted it last.';

create function attendance.transition_refusal(record attendance.record, via text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_transition core.transition;
  v_code text;
begin
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'attendance_record'
    and t.from_state = (transition_refusal.record).state
    and t.via = transition_refusal.via;
  if v_actor.kind = 'system' or v_transition.permission is null then
    return null;
  end if;
  if not identity.holds(v_transition.permission, (transition_refusal.record).unit_id) then
    return 'SA104';
  end if;
  -- Who may not hold records is no reviewer: faculty accepts what the own submitted register says, nothing else.
  if v_transition.to_state = 'verified' and not identity.holds('attendance.flag', (transition_refusal.record).unit_id) then
    v_code := attendance.own_register_refusal((transition_refusal.record).session_id);
    if v_code is not null then
      return v_code;
    end if;
  end if;
  if transition_refusal.via = 'clear' and exists (
    select from attendance.event as e
    where e.tenant_id = (transition_refusal.record).tenant_id
      and e.record_id = (transition_refusal.record).id
      and e.kind in ('in', 'out', 'mark', 'import', 'late_evidence')
      and e.actor_id = v_actor.user_id
  ) then
    return 'SA105';
  end if;
  return null;
end $$;
comment on function attendance.transition_refusal(attendance.record, text) is
  'The code that speaks against the actor moving a record by this transition, beside what the machine itself asks for (core.transition_refusal): the permission in the record''s unit, the own submitted register for who is no reviewer, and for clear somebody who captured none of it. Null when nothing does, and for the system. Procedures ask before they write, the trigger asks again.';

create function attendance.guard_record()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_event attendance.event;
  v_replaced attendance.record;
  v_code text;
begin
  if tg_op = 'INSERT' then
    select r.* into v_replaced
    from attendance.record as r
    where r.tenant_id = new.tenant_id and r.id = new.replaces_id;
    if v_replaced.state is distinct from 'voided'
      or (new.subject_id, new.session_id, new.unit_id, new.business_date, new.accounted_at)
        is distinct from (
          v_replaced.subject_id, v_replaced.session_id, v_replaced.unit_id, v_replaced.business_date, v_replaced.accounted_at
        )
    then
      v_code := 'SA101';
    elsif new.subject_id = v_actor.user_id then
      v_code := 'SA105';
    elsif v_actor.kind <> 'system' and not identity.holds('attendance.void', new.unit_id) then
      v_code := 'SA104';
    end if;
  else
    select e.* into v_event
    from attendance.event as e
    where e.tenant_id = new.tenant_id and e.record_id = new.id and e.revision = new.revision;
    if new.state_via = 'correction' and (v_event.kind <> 'correction' or v_event.approver_id is null) then
      v_code := 'SA101';
    elsif v_actor.kind is null or v_event.kind in ('correction', 'revert') or new.state_via = 'flag' then
      -- Nobody is bound where the database is mended by hand; a correction was decided by its own rules, and a rule may hold any record.
      null;
    else
      v_code := attendance.transition_refusal(old, new.state_via);
    end if;
  end if;
  if v_code is not null then
    perform core.fail(
      'SA022',
      format(
        'record %s: %s -> %s via %s by %s (%s)', new.id, case when tg_op = 'UPDATE' then old.state else 'nothing' end, new.state,
        new.state_via, coalesce(v_actor.user_id::text, v_actor.kind), v_code
      ),
      'what attendance.transition_refusal asks for'
    );
  end if;
  return null;
end $$;
comment on function attendance.guard_record() is
  'The backstop for who moves a record, behind api.attendance_transition and api.attendance_replace: the guards of attendance.transition_refusal, an approved correction behind via correction, and that a replacement stands in for a voided record of the same person and session.';

create trigger record_800_judge_who_moves
after update on attendance.record
for each row
when (new.state <> old.state)
execute function attendance.guard_record();
create trigger record_800_judge_who_replaces
after insert on attendance.record
for each row
when (new.replaces_id is not null)
execute function attendance.guard_record();
alter table attendance.record enable always trigger record_800_judge_who_moves;
alter table attendance.record enable always trigger record_800_judge_who_replaces;

commit;
