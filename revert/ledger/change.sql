-- Revert smartattend:ledger/change from pg
begin;
set local role smartattend_ledger;

drop function ledger.redact(uuid, text, jsonb, text);
drop function ledger.announce_partition(regclass, date);
drop function ledger.add_partition(date);
drop table ledger.redaction;
drop table ledger.payload;
drop table ledger.change;
drop function ledger.judge_payload();

commit;
