-- Verify smartattend:identity/grants on pg
begin;
set local role smartattend_session;

do $$
begin
  assert has_table_privilege('smartattend_session', 'identity.membership', 'select'), 'the verifier finds members';
  assert not has_table_privilege('smartattend_session', 'identity.membership', 'insert, update, delete'), 'the verifier writes no member';
  assert has_table_privilege('smartattend_app', 'identity.membership', 'select'), 'the application reads members';
  assert not has_table_privilege('smartattend_app', 'identity.membership', 'insert, update, delete'), 'the application writes none';
  assert has_table_privilege('smartattend_app', 'tenancy.setting', 'select'), 'the application reads its tenant''s settings';
  assert not has_table_privilege('smartattend_owner', 'identity.login_session', 'select, insert, update, delete'), 'domain code reads no session';
  assert not has_table_privilege('smartattend_app', 'identity.login_session', 'select'), 'the application reads no session';
end $$;

rollback;
