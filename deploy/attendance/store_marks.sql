-- Deploy smartattend:attendance/store_marks to pg
begin;
set local role smartattend_owner;

create type attendance.mark as (
  ordinal integer,
  key_text text,
  key uuid,
  subject_id uuid,
  session_id uuid,
  unit_id uuid,
  business_date date,
  code text,
  arrived_at timestamptz,
  reason text,
  evidence jsonb,
  fault_code text,
  fault jsonb
);
comment on type attendance.mark is
  'A verdict about a person in a session, of a register or an import; fault_code and fault say what is wrong with it.';

create type attendance.judged_mark as (
  ordinal integer,
  key_text text,
  key uuid,
  subject_id uuid,
  session_id uuid,
  unit_id uuid,
  business_date date,
  code text,
  in_at timestamptz,
  out_at timestamptz,
  is_open boolean,
  reason text,
  evidence jsonb,
  payload_hash bytea,
  fault_code text,
  fault jsonb,
  change text,
  record_id uuid,
  revision integer,
  state text,
  claimed_code text,
  reason_code text,
  signals text array
);
comment on type attendance.judged_mark is
  'What becomes of a mark: faulty, known (its key was used before), repeated (an earlier mark of the batch), same, created or revised; with the record and revision that result. claimed_code is what the mark said where another value stands; reason_code is whose value the code is: office, leave, future_absence, or null for the teacher''s. signals: F20, which holds a new record, where the membership did not reach into the session.';

create function attendance.judge_marks(kind text, marks attendance.mark[])
returns attendance.judged_mark[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array(
    select (
      j.ordinal, j.key_text, j.key, j.subject_id, j.session_id, j.unit_id, j.business_date, j.standing_code,
      case when j.change = 'kept' then j.record_in_at else coalesce(j.arrived_at, j.record_in_at) end, j.record_out_at,
      coalesce(j.record_is_open, false) and (j.change = 'kept' or not j.is_absence),
      j.reason, j.evidence, j.payload_hash,
      coalesce(j.fault_code, case j.change when 'reused' then 'SA102' when 'taken' then 'SA112' end),
      coalesce(
        j.fault,
        case j.change
          when 'reused' then jsonb_build_object('observed', 'another payload under this key')
          when 'taken' then jsonb_build_object('observed', j.code, 'expected', coalesce(j.record_code, j.first_code))
        end
      ),
      case when j.change in ('reused', 'taken') then 'faulty' when j.change = 'kept' then 'revised' else j.change end,
      -- A known key answers what it answered the first time, whatever has become of the record since.
      case when j.change = 'known' then j.known_id else coalesce(j.record_id, j.first_key) end,
      case j.change
        when 'known' then j.known_revision
        when 'revised' then j.record_revision + 1
        when 'kept' then j.record_revision + 1
        when 'created' then 1
        else coalesce(j.record_revision, 1)
      end,
      case
        when j.change = 'known' then j.known_state
        when j.record_state is not null then j.record_state
        when j.is_inactive then 'flagged'
        else 'recorded'
      end,
      case when j.standing_code <> j.code then j.code end,
      case
        when j.change = 'kept' then null
        when j.standing_code = j.leave_code then j.leave_source
        when j.is_of_the_office then 'office'
      end,
      case when j.is_inactive and j.record_id is null then array['F20'] end
    )::attendance.judged_mark
    from (
      select
        q.*,
        case
          when q.change in ('kept', 'same') then q.record_code
          -- Leave excuses an absence; it does not make who came absent.
          when q.change in ('created', 'repeated') and q.leave_code is not null and q.is_absence and not q.is_of_the_office then q.leave_code
          else q.code
        end as standing_code
      from (
        select
          m.*,
          f.is_of_the_office,
          p.code as leave_code,
          p.source as leave_source,
          r.id as record_id, r.revision as record_revision, r.state as record_state, r.code as record_code, r.in_at as record_in_at,
          r.out_at as record_out_at, r.is_open as record_is_open,
          case
            when m.fault_code is not null then 'faulty'
            when m.turn > 1 and m.agrees then 'repeated'
            when m.turn > 1 then 'taken'
            when m.known then 'known'
            when m.known is false and judge_marks.kind = 'import' then 'taken'
            when m.known is false then 'reused'
            when r.id is null then 'created'
            when r.code is not distinct from m.code and (m.arrived_at is null or m.arrived_at is not distinct from r.in_at) then 'same'
            when judge_marks.kind = 'mark' and o.has_office and not f.is_of_the_office and o.teacher_code = m.code then 'same'
            when judge_marks.kind = 'mark' and r.state = 'recorded' and o.has_office and not f.is_of_the_office then 'kept'
            when judge_marks.kind = 'mark' and r.state = 'recorded' then 'revised'
            when r.state = 'recorded' and o.teacher_code is not null and not o.has_office and not o.has_punch then 'revised'
            else 'taken'
          end as change
        from (
          select
            h.*,
            row_number() over same as turn,
            first_value(h.payload_hash) over same = h.payload_hash as agrees,
            first_value(h.key) over same as first_key,
            first_value(h.code) over same as first_code,
            k.payload_hash = h.payload_hash as known,
            k.record_id as known_id, k.revision as known_revision, k.state as known_state
          from (
            select
              m.ordinal, m.key_text, m.key, m.subject_id, m.session_id, m.unit_id, m.business_date, m.code, m.arrived_at, m.reason, m.evidence,
              case
                when num_nulls(m.arrived_at, m.reason, m.evidence) = 3
                then sha256(uuid_send(m.subject_id) || uuid_send(m.session_id) || core.bytes(judge_marks.kind || ' ' || m.code))
                else sha256(core.bytes(
                  row(judge_marks.kind, m.subject_id, m.session_id, m.code, extract(epoch from m.arrived_at), m.reason, m.evidence)::text
                ))
              end as payload_hash,
              coalesce(c.is_absence, false) as is_absence,
              coalesce(p.active_until <= b.starts_at or judge_marks.kind = 'mark' and p.active_from >= b.ends_at, false) as is_inactive,
              coalesce(
                m.fault_code,
                case
                  when p.active_from is null then 'SA011'
                  when c.code is null then 'SA111'
                  when c.permission is not null
                  and not identity.holds(c.permission, m.unit_id)
                  and (
                    -- What leave prefills, the office has allowed.
                    select x.code
                    from attendance.expectation as x
                    where x.tenant_id = (select core.bound_tenant()) and x.session_id = m.session_id and x.subject_id = m.subject_id
                    limit 1
                  ) is distinct from m.code
                  then 'SA111'
                  when c.requires_reason and core.is_reason(m.reason) is not true then 'SA013'
                end
              ) as fault_code,
              coalesce(
                m.fault,
                case
                  when p.active_from is null then jsonb_build_object('observed', m.key_text, 'expected', 'a member of this tenant')
                  when c.code is null or c.permission is not null then
                    jsonb_build_object('observed', left(m.code, 64), 'expected', 'an open attendance code that this session may use')
                  when c.requires_reason and core.is_reason(m.reason) is not true then
                    jsonb_build_object('observed', left(m.reason, 64), 'expected', 'a reason of at least 10 characters')
                end
              ) as fault
            from unnest(judge_marks.marks) as m
            left join lateral (
              select a.active_from, a.active_until
              from identity.membership as a
              where a.tenant_id = (select core.bound_tenant()) and a.user_id = m.subject_id
              limit 1
            ) as p on true
            -- An import knows the day on which somebody left, and says nothing of the one on which they came.
            left join lateral (
              select s.starts_at, s.ends_at
              from attendance.session as s
              where (
                p.active_until is not null
                or judge_marks.kind = 'mark' and p.active_from > (
                  select r.starts_at
                  from attendance.session as r
                  where r.tenant_id = (select core.bound_tenant()) and r.id = (judge_marks.marks)[1].session_id
                )
              )
                and s.tenant_id = (select core.bound_tenant())
                and s.id = m.session_id
              limit 1
            ) as b on true
            left join (
              select k.code, k.permission, k.requires_reason, g.is_absence
              from attendance.code as k
              inner join attendance.category as g on g.category = k.category
              where k.tenant_id = (select core.bound_tenant()) and k.valid_from <= core.clock() and k.valid_until > core.clock()
              offset 0
            ) as c on c.code = m.code
          ) as h
          left join lateral (
            select e.payload_hash, e.record_id, e.revision, e.state
            from attendance.event as e
            where e.tenant_id = (select core.bound_tenant()) and e.key = h.key
            limit 1
          ) as k on true
          window same as (partition by h.fault_code is null, h.session_id, h.subject_id order by h.ordinal)
        ) as m
        left join lateral (
          select r.*
          from attendance.record as r
          where r.tenant_id = (select core.bound_tenant())
            and r.session_id = m.session_id
            and r.subject_id = m.subject_id
            and r.state <> 'voided'
          limit 1
        ) as r on true
        -- The values of teacher and office, looked for only where another one would change them.
        left join lateral (
          select
            bool_or(e.kind in ('import', 'correction', 'revert') or coalesce(e.reason_code, '') in ('office', 'leave', 'future_absence')) as has_office,
            bool_or(e.kind in ('in', 'out')) as has_punch,
            (
              array_agg(coalesce(e.claimed_code, e.code) order by e.revision desc)
              filter (where e.kind = 'mark' and (e.claimed_code is not null or e.reason_code is null))
            )[1] as teacher_code
          from attendance.event as e
          where e.tenant_id = (select core.bound_tenant()) and e.record_id = r.id and r.code is distinct from m.code
        ) as o on true
        left join lateral (
          select x.code, x.source
          from attendance.expectation as x
          where judge_marks.kind = 'mark'
            and exists (
              select from attendance.expectation as v
              where v.tenant_id = (select core.bound_tenant()) and v.session_id = (judge_marks.marks)[1].session_id and v.code is not null
            )
            and r.id is null
            and x.tenant_id = (select core.bound_tenant())
            and x.session_id = m.session_id
            and x.subject_id = m.subject_id
            and x.withdrawn_at is null
            and x.code is not null
          limit 1
        ) as p on true
        cross join (
          select judge_marks.kind = 'mark' and identity.holds('register.reopen', (judge_marks.marks)[1].unit_id) as is_of_the_office
          offset 0
        ) as f
      ) as q
    ) as j
    order by j.ordinal
  )
$$;
comment on function attendance.judge_marks(text, attendance.mark[]) is
  'Judges the marks of a register (kind mark) or an import (kind import) against what is recorded; writes nothing. Who was no member any more is marked all the same, and held (F20). The office''s value wins: import, correction, a mark by who may reopen the register, and leave against an absence; a teacher''s later mark is kept beside it as a revision with the same code, and the office''s later value revises a teacher''s. The caller has locked the people.';

create function attendance.store_marks(kind text, marks attendance.judged_mark[])
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
begin
  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason_code, reason,
    actor_id, login_session_id, device_id, payload_hash, evidence, claimed_code, signals, elapsed_us
  )
  select
    v_actor.tenant_id, m.key, store_marks.kind, m.subject_id, m.session_id, m.record_id, m.revision, m.state, m.code, m.in_at, m.out_at,
    m.business_date, m.reason_code, m.reason, v_actor.user_id, v_actor.session_id, v_actor.device_id, m.payload_hash, m.evidence,
    m.claimed_code, m.signals,
    core.elapsed_us(v_actor) / greatest(cardinality(store_marks.marks), 1)
  from unnest(store_marks.marks) as m
  where m.change in ('created', 'revised')
  order by m.key; -- three indexes grow at one place

  -- One statement for new and revised ones, which finds each by its key whatever the statistics say: as an update from unnest it was planned
  -- as a loop of every mark over every record where a tenant had none yet when it was analyzed.
  insert into attendance.record as r (
    tenant_id, id, subject_id, session_id, unit_id, business_date, accounted_at, state, state_via, code, revision, is_open, in_at
  )
  select
    v_actor.tenant_id, m.record_id, m.subject_id, m.session_id, m.unit_id, m.business_date, s.starts_at, m.state, 'capture', m.code,
    m.revision, m.is_open, m.in_at
  from unnest(store_marks.marks) as m
  inner join attendance.session as s on s.tenant_id = v_actor.tenant_id and s.id = m.session_id
  where m.change in ('created', 'revised')
  order by m.key
  on conflict on constraint record_pkey do update set
    revision = excluded.revision, code = excluded.code, in_at = excluded.in_at, is_open = excluded.is_open;
end $$;
comment on function attendance.store_marks(text, attendance.judged_mark[]) is
  'Stores what attendance.judge_marks found new: one statement for the events, one for new and revised records.';

create function attendance.mark_outcomes(marks attendance.judged_mark[])
returns setof core.batch_outcome
language sql
stable
rows 1000
set search_path = pg_catalog, pg_temp
as $$
  select (
    m.ordinal, m.key_text,
    case when m.change = 'faulty' then 'refused' when m.change in ('created', 'revised') then 'accepted' else 'replayed' end,
    m.fault_code, case when m.fault_code is not null then (select e.meaning from core.error_code as e where e.code = m.fault_code) end,
    case when m.change <> 'faulty' then m.record_id end,
    case when m.change <> 'faulty' then m.revision end,
    case
      when m.change = 'faulty' then m.fault
      else attendance.detail(m.session_id, m.state, m.code, m.business_date, null, null)
    end
  )::core.batch_outcome
  from unnest(mark_outcomes.marks) as m
  order by m.ordinal
$$;
comment on function attendance.mark_outcomes(attendance.judged_mark[]) is 'One outcome for each mark, in their order.';

commit;
