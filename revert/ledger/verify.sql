-- Revert smartattend:ledger/verify from pg
begin;
set local role smartattend_ledger;

drop function ledger.note_verified(bigint);
drop function ledger.verified_until();
drop function ledger.verify(bigint, bigint);
drop function ledger.findings(bigint, bigint);
drop function ledger.stray_findings();
drop function ledger.payload_findings(bigint, bigint);
drop function ledger.row_findings(text, integer, bigint, bigint);
drop function ledger.chain_findings(bigint, bigint);
drop type ledger.finding;
drop table ledger.erasure;
drop table ledger.retirement;

commit;
