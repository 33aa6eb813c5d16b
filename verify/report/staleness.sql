-- Verify smartattend:report/staleness on pg
begin;
set local role smartattend_owner;

select value, labels from report.staleness('2026-03-02') where false;

do $$
begin
  assert exists (select from metrics.collector where function = 'report.staleness'), 'it is collected';
end $$;

rollback;
