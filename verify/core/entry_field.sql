-- Verify smartattend:core/entry_field on pg
begin;
set local role smartattend_owner;

select
  entry,
  field,
  position,
  kind,
  is_key,
  is_required,
  words,
  lowest,
  highest,
  meaning
from core.entry_field
where false;
select pg_get_functiondef('core.is_date(text)'::regprocedure);
select pg_get_functiondef('core.is_moment(text)'::regprocedure);
select pg_get_functiondef('core.networks(jsonb)'::regprocedure);
select pg_get_functiondef('core.entry_value(text, text[], numeric, numeric, jsonb)'::regprocedure);
select pg_get_functiondef('core.entry_value_expected(text, text[], numeric, numeric)'::regprocedure);

rollback;
