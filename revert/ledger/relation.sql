-- Revert smartattend:ledger/relation from pg
begin;
set local role smartattend_ledger;

drop function ledger.keep_out(regclass);
drop function ledger.remove_history(regclass);
drop function ledger.add_history(regclass, text[]);
drop function ledger.key_of(regclass);
drop function ledger.let_in(regclass);
drop function ledger.label(regclass);
drop function ledger.unregister(text);
drop function ledger.register(text, text, text[]);
drop function ledger.columns(regclass);
drop table ledger.form;
drop table ledger.relation;

commit;
