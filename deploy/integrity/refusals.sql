-- Deploy smartattend:integrity/refusals to pg
begin;
set local role smartattend_ledger;

-- What was refused since the last scan, by one index probe.
create index refusal_xid on ledger.refusal (tenant_id, xid);

commit;
