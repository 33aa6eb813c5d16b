-- Verify smartattend:ledger/relation on pg
begin;
set local role smartattend_ledger;

select
  relation,
  kind,
  key_columns,
  registered_at
from ledger.relation
where false;

select
  relation,
  form,
  since_block,
  columns
from ledger.form
where false;

select
  pg_get_functiondef('ledger.columns(regclass)'::regprocedure),
  pg_get_functiondef('ledger.register(text, text, text[])'::regprocedure),
  pg_get_functiondef('ledger.unregister(text)'::regprocedure),
  pg_get_functiondef('ledger.label(regclass)'::regprocedure),
  pg_get_functiondef('ledger.let_in(regclass)'::regprocedure),
  pg_get_functiondef('ledger.key_of(regclass)'::regprocedure),
  pg_get_functiondef('ledger.add_history(regclass, text[])'::regprocedure),
  pg_get_functiondef('ledger.remove_history(regclass)'::regprocedure),
  pg_get_functiondef('ledger.keep_out(regclass)'::regprocedure);

rollback;
