-- Verify smartattend:metrics/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_app', 'metrics.request_hour', 'select'), 'the application reads what was counted, as policies allow';
  assert not has_table_privilege('smartattend_app', 'metrics.request_hour', 'insert, update, delete'), 'the application counts nothing by itself';
  assert not has_table_privilege('smartattend_app', 'metrics.alarm', 'select, insert, update, delete'), 'alarms are for the incident room';
  assert not has_function_privilege('smartattend_app', 'metrics.report_health(text, boolean, jsonb, timestamptz)', 'execute'), 'jobs report, not callers';
end $$;

rollback;
