-- Where every tenant stands, for a platform session.
select
  o.tenant_id, o.slug, o.name, o.platform, o.state, o.since, o.state_reason,
  coalesce((select string_agg(concat_ws(' ', h.it ->> 'ticket', h.it ->> 'id'), ', ') from jsonb_array_elements(o.holds) as h (it)), '') as holds,
  coalesce(
    (
      select string_agg(format('%%s to %%s: %%s of %%s', a.it ->> 'via', a.it ->> 'to', a.it ->> 'approvals', a.it ->> 'needed'), ', ')
      from jsonb_array_elements(o.approvals) as a (it)
    ),
    ''
  ) as approvals,
  o.has_receipt, o.window_ends, o.retention_ends
from api.tenant_overview(%(token)s) as o
