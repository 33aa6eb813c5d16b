-- Revert smartattend:ops/facts from pg
begin;
set local role smartattend_owner;

drop function ops.facts_of_reports(xid8, xid8, timestamptz);
drop function ops.facts_of_metrics(xid8, xid8, timestamptz);
drop function ops.facts_of_maintenance(xid8, xid8, timestamptz);
drop function ops.facts_of_the_seal(xid8, xid8, timestamptz);
drop function ops.facts_of_guard(xid8, xid8, timestamptz);
drop function ops.facts_of_clocks(xid8, xid8, timestamptz);
drop function ops.facts_of_refusals(xid8, xid8, timestamptz);
drop function ops.facts_of_access(xid8, xid8, timestamptz);
drop type ops.fact;

commit;
