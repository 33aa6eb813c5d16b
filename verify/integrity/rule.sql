-- Verify smartattend:integrity/rule on pg
begin;
set local role smartattend_owner;

select
  rule,
  name,
  severity,
  is_blocking,
  is_deterministic,
  is_scanned,
  meaning
from integrity.rule
where false;
select
  rule,
  parameter,
  kind,
  standard,
  lowest,
  highest,
  unit,
  meaning
from integrity.parameter
where false;

rollback;
