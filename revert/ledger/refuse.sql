-- Revert smartattend:ledger/refuse from pg
begin;
set local role smartattend_ledger;

drop function ledger.claim(text, uuid, jsonb);
drop function ledger.refuse(text, uuid, jsonb, core.outcome);

commit;
