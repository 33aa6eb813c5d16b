-- Deploy smartattend:ops/take_news to pg
begin;
set local role smartattend_owner;

create function ops.take_news(source text, out since xid8, out until xid8)
returns record
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tenant_id uuid := coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000');
begin
  insert into ops.horizon (tenant_id, source)
  select v_tenant_id, take_news.source
  where not exists (select from ops.horizon as h where h.tenant_id = v_tenant_id and h.source = take_news.source)
  on conflict on constraint horizon_pkey do nothing;
  select h.seen_until into take_news.since
  from ops.horizon as h
  where h.tenant_id = v_tenant_id and h.source = take_news.source
  for update;
  take_news.until := pg_snapshot_xmin(pg_current_snapshot());
  if take_news.until < take_news.since then
    take_news.since := '0'; -- Restored into a younger cluster: everything once more.
  end if;
  update ops.horizon as h
  set seen_until = take_news.until
  where h.tenant_id = v_tenant_id and h.source = take_news.source;
end $$;
comment on function ops.take_news(text) is
  'What a job that looks for new facts of a source has to look at, of the bound tenant or the platform: rows of transactions from since on and before until, which is the oldest that still runs, so that one that commits late is seen by the next look. If this transaction rolls back, nothing was looked at.';

commit;
