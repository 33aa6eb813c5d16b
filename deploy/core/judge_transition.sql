-- Deploy smartattend:core/judge_transition to pg
begin;
set local role smartattend_owner;

create function core.transition_refusal(
  machine text, from_state text, to_state text, via text, reason text, subject jsonb
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_transition core.transition;
begin
  select t.* into v_transition
  from core.transition as t
  where t.machine = transition_refusal.machine
    and t.origin = coalesce(transition_refusal.from_state, '')
    and t.to_state = transition_refusal.to_state
    and t.via = transition_refusal.via;
  if not found then
    return 'SA101';
  end if;
  if v_transition.requires_reason and core.is_reason(transition_refusal.reason) is not true then
    return 'SA013';
  end if;
  if v_transition.system_only and (core.actor()).kind is distinct from 'system' then
    return 'SA106';
  end if;
  if v_transition.distinct_actors <> '{}' then
    if exists (
      select from unnest(v_transition.distinct_actors) as c (name)
      where (transition_refusal.subject ->> c.name)::uuid = (core.actor()).user_id
    ) then
      return 'SA105';
    end if;
  end if;
  return null;
end $$;
comment on function core.transition_refusal(text, text, text, text, text, jsonb) is
  'The code that speaks against a transition, or null when it is legal: procedures ask before they write, the trigger asks again. from_state null is creation; subject is the row as jsonb, for the columns in distinct_actors.';

create function core.judge_transition()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from text;
  v_code text;
begin
  if tg_op = 'UPDATE' then
    if new.state is not distinct from old.state
      and new.state_via is not distinct from old.state_via
      and new.state_reason is not distinct from old.state_reason
    then
      return null;
    end if;
    v_from := old.state;
    v_code := core.transition_refusal(tg_argv[0], v_from, new.state, new.state_via, new.state_reason, to_jsonb(new));
  else
    -- The plain creation, which every capture is, costs one look-up and no second function.
    perform from core.transition as t
    where t.machine = tg_argv[0] and t.origin = '' and t.to_state = new.state and t.via = new.state_via
      and not t.requires_reason and not t.system_only;
    if not found then
      v_code := core.transition_refusal(tg_argv[0], null, new.state, new.state_via, new.state_reason, '{}');
    end if;
  end if;
  if v_code is not null then
    perform core.fail(
      'SA022',
      format('%s: %s -> %s via %s (%s)', tg_argv[0], coalesce(v_from, 'nothing'), new.state, coalesce(new.state_via, 'nothing'), v_code),
      'a row of core.transition'
    );
  end if;
  if tg_argv[1] <> 'kept_as_events' then
    execute format(
      'insert into %I.%I (tenant_id, object_id, from_state, to_state, via, reason) values ($1, $2, $3, $4, $5, $6)',
      tg_table_schema, tg_table_name || '_transition'
    )
    using new.tenant_id, (to_jsonb(new) ->> tg_argv[1])::uuid, v_from, new.state, new.state_via, new.state_reason;
  end if;
  return null;
end $$;
comment on function core.judge_transition() is
  'The one state-machine trigger: after insert or update for each row, enable always, arguments (machine, column of the object''s id, or kept_as_events). Judges the final row and writes its history to <schema>.<object>_transition. A before trigger would write history for rows that on conflict do nothing drops, and would not see what a later before trigger changed.';

commit;
