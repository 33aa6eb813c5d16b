-- Verify smartattend:integrity/refusals on pg
begin;
set local role smartattend_ledger;

do $$
begin
  assert to_regclass('ledger.refusal_xid') is not null, 'index refusal_xid, by which schema integrity reads';
end $$;

rollback;
