-- Verify smartattend:simulation/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert has_table_privilege('smartattend_app', 'simulation.run', 'select'), 'smartattend_app reads simulation.run';
  assert not has_table_privilege('smartattend_app', 'simulation.run', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.run';
  assert has_table_privilege('smartattend_app', 'simulation.run_transition', 'select'), 'smartattend_app reads simulation.run_transition';
  assert not has_table_privilege('smartattend_app', 'simulation.run_transition', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.run_transition';
  assert has_table_privilege('smartattend_app', 'simulation.call', 'select'), 'smartattend_app reads simulation.call';
  assert not has_table_privilege('smartattend_app', 'simulation.call', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.call';
  assert has_table_privilege('smartattend_app', 'simulation.scenario', 'select'), 'smartattend_app reads simulation.scenario';
  assert not has_table_privilege('smartattend_app', 'simulation.scenario', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.scenario';
  assert has_table_privilege('smartattend_app', 'simulation.fault', 'select'), 'smartattend_app reads simulation.fault';
  assert not has_table_privilege('smartattend_app', 'simulation.fault', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.fault';
  assert has_table_privilege('smartattend_app', 'simulation.check', 'select'), 'smartattend_app reads simulation.check';
  assert not has_table_privilege('smartattend_app', 'simulation.check', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.check';
  assert has_table_privilege('smartattend_app', 'simulation.issue', 'select'), 'smartattend_app reads simulation.issue';
  assert not has_table_privilege('smartattend_app', 'simulation.issue', 'insert, update, delete, truncate'), 'smartattend_app writes nothing to simulation.issue';
end $$;

rollback;
