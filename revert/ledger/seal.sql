-- Revert smartattend:ledger/seal from pg
begin;
set local role smartattend_ledger;

drop function ledger.seal(integer, bigint);
drop function ledger.make_block(integer, xid8, xid8, text[], bytea);
drop function ledger.cut(integer, xid8, xid8, bigint);
drop function ledger.renew_forms(bigint);
drop function ledger.block_hash(ledger.block);
drop function ledger.entries(bigint);
drop function ledger.entry_leaf(ledger.tree);

commit;
