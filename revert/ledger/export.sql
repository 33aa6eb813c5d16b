-- Revert smartattend:ledger/export from pg
begin;
set local role smartattend_ledger;

drop function ledger.retire(text, text, bytea, text);
drop function ledger.prove(uuid, text, text);
drop function ledger.export_rows(bigint, uuid, text, text);
drop function ledger.export_trees(bigint, bigint, uuid, text, text);
drop function ledger.export_blocks(bigint, bigint);
drop function ledger.export_forms();
drop function ledger.utc(timestamptz);

commit;
