-- Verify smartattend:integrity/rule_setting on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  rule,
  is_enabled,
  parameters
from integrity.rule_setting
where false;
select pg_get_functiondef('integrity.are_words(jsonb)'::regprocedure);
select pg_get_functiondef('integrity.parameter_fault(text, jsonb)'::regprocedure);
select pg_get_functiondef('integrity.check_rule_setting()'::regprocedure);
select pg_get_functiondef('integrity.is_enabled(text)'::regprocedure);
select pg_get_functiondef('integrity.parameter_value(text, text)'::regprocedure);
select pg_get_functiondef('integrity.number(text, text)'::regprocedure);
select pg_get_functiondef('integrity.rule_as_tuned(text)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'integrity.rule_setting'::regclass and tgname = 'rule_setting_500_parameters_fit') = 'O', 'rule_setting_500_parameters_fit';
end $$;

rollback;
