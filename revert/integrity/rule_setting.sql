-- Revert smartattend:integrity/rule_setting from pg
begin;
set local role smartattend_owner;

drop function integrity.rule_as_tuned(text);
drop function integrity.number(text, text);
drop function integrity.parameter_value(text, text);
drop function integrity.is_enabled(text);
drop trigger rule_setting_500_parameters_fit on integrity.rule_setting;
drop function integrity.check_rule_setting();
drop function integrity.parameter_fault(text, jsonb);
drop function integrity.are_words(jsonb);
drop table integrity.rule_setting;

commit;
