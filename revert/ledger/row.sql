-- Revert smartattend:ledger/row from pg
begin;
set local role smartattend_ledger;

drop function ledger.trees_query(text, integer, text);
drop function ledger.rows_query(text, jsonb, text[]);
drop function ledger.row_key(text[], jsonb);
drop function ledger.row_bytes(text, jsonb);
drop function ledger.value_text(text, text);
drop function ledger.value_bytes(text, text);
drop function ledger.frame(bytea);

commit;
