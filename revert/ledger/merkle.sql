-- Revert smartattend:ledger/merkle from pg
begin;
set local role smartattend_ledger;

drop function ledger.merkle_path(bytea, bigint);
drop function ledger.merkle_root(bytea);
drop function ledger.merkle_level(bytea);
drop function ledger.merkle_leaf(bytea);

commit;
