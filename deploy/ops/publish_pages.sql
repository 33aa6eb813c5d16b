-- Deploy smartattend:ops/publish_pages to pg
begin;
set local role smartattend_owner;

create function ops.publish_pages()
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_since xid8;
  v_until xid8;
  v_pages bigint;
begin
  select n.since, n.until into v_since, v_until from ops.take_news('pages') as n;
  select count(ops.publish(
    'incident.' || p.why,
    format('sev %s incident %s: %s', p.severity, i.number, i.title),
    jsonb_build_object(
      'incident_id', i.id, 'number', i.number, 'title', i.title, 'source', i.source, 'severity', p.severity, 'why', p.why, 'level', p.level,
      'recipient', p.recipient, 'user_id', p.user_id, 'page_id', p.id, 'paged_at', p.recorded_at
    )
  )) into v_pages
  from incident.page as p
  inner join incident.incident as i on i.tenant_id = p.tenant_id and i.id = p.incident_id
  where p.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
    and p.xid >= v_since and p.xid < v_until;
  return jsonb_build_object('pages', v_pages);
end $$;
comment on function ops.publish_pages() is
  'The job that tells who is called about incidents of the bound tenant or the platform: messages incident.raised, incident.escalated, incident.worse and incident.unacknowledged, one a page. Answers {pages}.';

commit;
