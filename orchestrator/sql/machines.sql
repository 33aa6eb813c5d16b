-- Every state machine with its states and transitions.
select
  m.machine,
  m.title,
  m.relation,
  (
    select pg_catalog.jsonb_agg(
      pg_catalog.jsonb_build_object(
        'state', s.state, 'is_initial', s.is_initial, 'is_terminal', s.is_terminal, 'meaning', s.meaning
      )
      order by s.state collate "C"
    )
    from core.state as s
    where s.machine = m.machine
  ) as states,
  (
    select pg_catalog.jsonb_agg(
      pg_catalog.jsonb_build_object(
        'from_state', t.from_state, 'to_state', t.to_state, 'via', t.via, 'permission', t.permission,
        'requires_reason', t.requires_reason, 'distinct_actors', pg_catalog.to_jsonb(t.distinct_actors),
        'system_only', t.system_only, 'guard', t.guard
      )
      order by t.origin collate "C", t.to_state collate "C", t.via collate "C"
    )
    from core.transition as t
    where t.machine = m.machine
  ) as transitions
from core.machine as m
order by m.machine collate "C"
