-- Deploy smartattend:report/freshness to pg
begin;
set local role smartattend_refresher;

create table report.freshness (
  view text not null,
  meaning text not null,
  refresh_every interval not null,
  stale_after interval not null,
  as_of timestamptz,
  horizon xid8,
  failed_at timestamptz,
  constraint freshness_pkey primary key (view),
  constraint view_is_a_lower_case_word check (view ~ '^[a-z][a-z_]+$'),
  constraint it_is_refreshed_before_it_is_stale check (refresh_every > interval '0' and stale_after > refresh_every),
  constraint a_refresh_has_instant_and_horizon check ((as_of is null) = (horizon is null))
);
comment on table report.freshness is
  'The reports, one row each: a materialized view of that name in report_data, its barrier view in report, and of when it is. The same for all tenants.';
comment on column report.freshness.refresh_every is 'After this it is due.';
comment on column report.freshness.stale_after is 'After this it is said to be stale: whoever refreshes is late, or fails.';
comment on column report.freshness.as_of is 'What was committed before this is in it. Null: never refreshed.';
comment on column report.freshness.horizon is 'Every transaction below this had ended then: a tenant that was erased at or above it may still be in it.';
comment on column report.freshness.failed_at is 'When its last refresh failed; null after one that did not.';

create table report.refreshed (
  id uuid not null default core.uuid_v7(),
  view text not null,
  began_at timestamptz not null,
  took interval not null,
  rows bigint,
  failure text,
  constraint refreshed_pkey primary key (id),
  constraint it_is_of_a_report foreign key (view) references report.freshness (view),
  constraint it_has_rows_or_failed check (num_nulls(rows, failure) = 1)
);
comment on table report.refreshed is 'Every refresh of the last 90 days: how long it took, and how many rows there were, or what failed. Of all tenants together, so that nobody but the refresher reads it.';
create index refreshed_view on report.refreshed (view, began_at);

grant select on report.freshness to smartattend_owner, smartattend_app;

commit;
