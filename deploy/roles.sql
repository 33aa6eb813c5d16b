-- Deploy smartattend:roles to pg
begin;

-- Roles belong to the whole server and another database may use them: created when absent, never dropped by a revert.
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'smartattend_owner', 'smartattend_session', 'smartattend_ledger', 'smartattend_app', 'smartattend_auditor',
    'smartattend_operator', 'smartattend_sealer', 'smartattend_refresher', 'smartattend_deployer'
  ] loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
        execute format('create role %I nologin noinherit', v_role);
      end if;
    exception
      when duplicate_object or unique_violation then null; -- another deployment was quicker
    end;
  end loop;
end $$;

do $$
begin
  if exists (
    select from pg_catalog.pg_roles
    where rolname like 'smartattend\_%' and (rolsuper or rolbypassrls)
  ) then
    raise exception using
      errcode = 'insufficient_privilege',
      message = 'a smartattend_* role may bypass row level security',
      hint = 'alter role … nosuperuser nobypassrls, then deploy again';
  end if;
  -- The deployer's login may act as the owners and as the operator; it inherits nothing by itself.
  if not pg_catalog.pg_has_role('smartattend_deployer', 'smartattend_owner', 'member')
    or not pg_catalog.pg_has_role('smartattend_deployer', 'smartattend_session', 'member')
    or not pg_catalog.pg_has_role('smartattend_deployer', 'smartattend_ledger', 'member')
    or not pg_catalog.pg_has_role('smartattend_deployer', 'smartattend_operator', 'member')
    or not pg_catalog.pg_has_role('smartattend_deployer', 'smartattend_refresher', 'member')
  then
    grant smartattend_owner, smartattend_session, smartattend_ledger, smartattend_operator, smartattend_refresher to smartattend_deployer;
  end if;
  if not pg_catalog.pg_has_role(
    current_user, 'smartattend_deployer',
    -- from PostgreSQL 16 on whoever makes a role may grant it, and may not set it
    case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end
  ) then
    execute format('grant smartattend_deployer to %I', current_user);
  end if;
  if not pg_catalog.has_database_privilege('smartattend_owner', current_database(), 'create') then
    execute format('grant create on database %I to smartattend_owner', current_database());
  end if;
end $$;

commit;
