-- Deploy smartattend:attendance/period/lock to pg
begin;
set local role smartattend_owner;

create function attendance.judge_shut_period(record attendance.record)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_state text;
  v_code text;
  v_kind text;
begin
  -- Here the writer takes a lock: whoever freezes waits for the revisions that a closing period lets through, and these for the freeze.
  select p.state, p.code into v_state, v_code
  from attendance.period as p
  where p.tenant_id = (judge_shut_period.record).tenant_id
    and p.starts_at <= (judge_shut_period.record).accounted_at
    and p.ends_at > (judge_shut_period.record).accounted_at
  for share;
  if not found or v_state = 'open' then
    return;
  elsif v_state = 'closed' then
    if exists (
      select from attendance.period_adjustment as a
      where a.tenant_id = (judge_shut_period.record).tenant_id
        and a.record_id = (judge_shut_period.record).id
        and a.revision = (judge_shut_period.record).revision
        and (a.state_after, a.code_after, a.in_at_after, a.out_at_after) is not distinct from (
          (judge_shut_period.record).state, (judge_shut_period.record).code, (judge_shut_period.record).in_at, (judge_shut_period.record).out_at
        )
    ) then
      return;
    end if;
  elsif v_state = 'closing' then
    select e.kind into v_kind
    from attendance.event as e
    where e.tenant_id = (judge_shut_period.record).tenant_id
      and e.record_id = (judge_shut_period.record).id
      and e.revision = (judge_shut_period.record).revision
      and (e.state, e.code, e.in_at, e.out_at) is not distinct from (
        (judge_shut_period.record).state, (judge_shut_period.record).code, (judge_shut_period.record).in_at, (judge_shut_period.record).out_at
      );
    if v_kind = 'flag' then
      return;
    end if;
    if (v_kind in ('correction', 'revert') or v_kind = 'void' and (judge_shut_period.record).state_via = 'correction')
      and ((core.actor()).kind = 'system' or identity.holds('period.manage'))
    then
      return;
    end if;
  end if;
  perform core.fail(
    'SA117', format('a write into period %s, which is %s', v_code, v_state),
    case v_state
      when 'closing' then 'an open period, or a correction by who holds period.manage'
      else 'an open period, or an adjustment'
    end
  );
end $$;
comment on function attendance.judge_shut_period(attendance.record) is
  'Raises SA117 for a record that was written into a period that is not open, unless it is closing and the revision holds the record (flag) or is a correction by the system or a holder of period.manage, or is closed and the revision has its row of attendance.period_adjustment; and the record says what that row or event says.';

create function attendance.judge_period()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  -- The tenant is the policy's, as in attendance.capture; who has no policy asks too often, and is answered by the second look.
  perform from attendance.period as p
  where p.ends_at > new.accounted_at
    and p.starts_at <= new.accounted_at
    and p.state <> 'open';
  if found then
    perform attendance.judge_shut_period(new);
  end if;
  return null;
end $$;
comment on function attendance.judge_period() is
  'The lock of periods: after the write, when the writer''s transaction has its number, the state of the period is read by a statement of its own. Whoever closes the period commits that and waits for all numbers taken before; no writer of an open period takes a lock.';

create trigger record_700_period_is_open
after insert or update on attendance.record
for each row execute function attendance.judge_period();
alter table attendance.record enable always trigger record_700_period_is_open;
-- Otherwise a record could leave a period that is shut without touching it.
create trigger record_700_its_period_stays
after update on attendance.record
for each row
when (new.accounted_at <> old.accounted_at)
execute function attendance.refuse_move('the instant that it was accounted at when it was made');
alter table attendance.record enable always trigger record_700_its_period_stays;

create function attendance.keep_closed_until()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  update tenancy.setting as s
  set closed_until = (select max(p.ends_at) from attendance.period as p where p.tenant_id = new.tenant_id and p.state <> 'open')
  where s.tenant_id = new.tenant_id;
  return null;
end $$;
comment on function attendance.keep_closed_until() is
  'Keeps tenancy.setting.closed_until, by which a check-in of today sees at no cost that no shut period can hold it.';
create trigger period_500_keep_closed_until
after update on attendance.period
for each row
when (new.state <> old.state)
execute function attendance.keep_closed_until();
alter table attendance.period enable always trigger period_500_keep_closed_until;

commit;
