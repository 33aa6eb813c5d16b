-- Deploy smartattend:report/schema to pg
begin;

create schema report authorization smartattend_refresher;
create schema report_data authorization smartattend_refresher;
set local role smartattend_refresher;
comment on schema report is
  'Reports: barrier views over what was refreshed, and how fresh it is. Owned by the refresher, which reads every tenant and writes nothing but this.';
comment on schema report_data is
  'What was refreshed: materialized views, of all tenants. Row level security does not reach them, so that nobody but their owner may read them; everybody else reads the barrier views of report.';
grant usage on schema report to smartattend_owner, smartattend_app;

commit;
