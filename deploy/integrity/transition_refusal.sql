-- Deploy smartattend:integrity/transition_refusal to pg
begin;
set local role smartattend_owner;

create function integrity.transition_refusal(record_id uuid, via text)
returns text
language sql
stable
as $$
  select case
    when transition_refusal.via = 'verify' then (
      select 'SA120'
      from integrity.flag as f
      where f.tenant_id = (select core.bound_tenant())
        and f.record_id = transition_refusal.record_id
        and f.is_blocking
        and f.state = 'open'
      limit 1
    )
    when transition_refusal.via = 'clear' then (
      select 'SA120'
      from integrity.flag as f
      where f.tenant_id = (select core.bound_tenant())
        and f.record_id = transition_refusal.record_id
        and f.is_blocking
        and f.state in ('open', 'upheld')
      limit 1
    )
    when transition_refusal.via = 'uphold' then (
      select 'SA121'
      from integrity.flag as f
      where f.tenant_id = (select core.bound_tenant())
        and f.record_id = transition_refusal.record_id
      having count(*) filter (where f.state = 'upheld') = 0
        and (
          count(*) filter (where f.is_blocking) > 0
          or exists (
            select from attendance.event as e
            where e.tenant_id = (select core.bound_tenant())
              and e.record_id = transition_refusal.record_id
              and e.kind = 'flag'
              and e.actor_id = (core.actor()).user_id
          )
        )
    )
  end
$$;
comment on function integrity.transition_refusal(uuid, text) is
  'What the flags of a record say against a transition of it: SA120 for verify while a blocking one is open, and for clear unless every blocking one is dismissed; SA121 for uphold while none is upheld. Null: nothing. A hold by a reviewer is a flag without a rule: somebody else upholds it, by the very transition.';

create function integrity.judge_record()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_code text := integrity.transition_refusal(new.id, new.state_via);
begin
  if v_code is not null then
    perform core.fail(v_code, format('%s -> %s via %s', old.state, new.state, new.state_via), 'decided flags');
  end if;
  return null;
end $$;
comment on function integrity.judge_record() is 'The backstop of integrity.transition_refusal, for whatever moves a record.';
create trigger record_900_flags_are_decided
after update on attendance.record
for each row
when (new.state <> old.state and new.state_via in ('verify', 'clear', 'uphold'))
execute function integrity.judge_record();
alter table attendance.record enable always trigger record_900_flags_are_decided;

commit;
