-- Verify smartattend:report/reads on pg
begin;
set local role smartattend_owner;

do $$
declare
  v_relation text;
begin
  foreach v_relation in array array[
    'core.erasure', 'tenancy.tenant', 'tenancy.setting', 'identity.membership', 'identity.role_grant', 'access.revalidation', 'access.revalidation_transition',
    'access.escalation_event', 'timing.device', 'timing.device_clock', 'timing.device_clock_transition', 'timing.clock_sample',
    'attendance.code', 'attendance.session', 'attendance.expectation', 'attendance.register', 'attendance.register_transition',
    'attendance.event', 'attendance.record', 'attendance.period', 'attendance.correction_request',
    'attendance.correction_request_transition', 'school.term', 'corporate.shift_instance', 'corporate.away', 'integrity.flag',
    'integrity.flag_transition', 'integrity.rule_setting'
  ] loop
    assert exists (
      select from pg_catalog.pg_policy as p
      where p.polrelid = v_relation::regclass and p.polname = 'refresher_reads_every_tenant' and p.polcmd = 'r'
        and p.polroles = array['smartattend_refresher'::regrole::oid]
    ), 'a policy of the refresher on ' || v_relation;
    assert has_table_privilege('smartattend_refresher', v_relation, 'select'), 'it reads ' || v_relation;
    assert not has_table_privilege('smartattend_refresher', v_relation, 'insert, update, delete, truncate'), 'and does not write ' || v_relation;
  end loop;
  assert has_table_privilege('smartattend_refresher', 'corporate.overtime', 'select'), 'it reads worked time';
  assert has_function_privilege('smartattend_refresher', 'core.fail(text, text, text, text)', 'execute'), 'it says what is wrong';
end $$;

rollback;
