-- Revert smartattend:ledger/capture from pg
begin;
set local role smartattend_ledger;

drop function ledger.remove_capture(regclass);
drop function ledger.add_capture(regclass, text[]);
drop function ledger.capture_present(text, text[], jsonb[]);
drop function ledger.capture();
drop function ledger.keep_changes(text, text, jsonb[], text[]);
drop function ledger.part(jsonb, text[]);
drop function ledger.payload_hash(uuid, jsonb);

commit;
