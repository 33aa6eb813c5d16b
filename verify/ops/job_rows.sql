-- Verify smartattend:ops/job_rows on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert exists (select from ops.job as j where j.job = 'seal'), 'the seal';
  assert exists (select from ops.job as j where j.job = 'detect_guard'), 'incidents';
end $$;

rollback;
