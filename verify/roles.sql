-- Verify smartattend:roles on pg
begin;

do $$
begin
  assert (
    select count(*) = 9 and not bool_or(rolcanlogin or rolinherit or rolsuper or rolbypassrls)
    from pg_catalog.pg_roles
    where rolname in (
      'smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_app', 'smartattend_auditor',
      'smartattend_operator', 'smartattend_sealer', 'smartattend_refresher', 'smartattend_deployer'
    )
  ), 'nine roles without login, inheritance or a way around row level security';
  assert has_database_privilege('smartattend_owner', current_database(), 'create'), 'the owner may create schemas';
  assert pg_has_role('smartattend_deployer', 'smartattend_owner', 'member'), 'the deployer may act as the owner';
  assert not pg_has_role('smartattend_app', 'smartattend_owner', 'member'), 'the application may not act as the owner';
end $$;

rollback;
