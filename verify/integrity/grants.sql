-- Verify smartattend:integrity/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_app', 'integrity.flag', 'select'), 'the application reads flags, as policies allow';
  assert not has_table_privilege('smartattend_app', 'integrity.flag', 'insert, update, delete'), 'the application writes none';
  assert not has_table_privilege('smartattend_app', 'integrity.flag_transition', 'insert, update, delete'), 'the application decides by procedures only';
  assert not has_table_privilege('smartattend_app', 'integrity.rule_setting', 'insert, update, delete'), 'the application tunes nothing by itself';
end $$;

rollback;
