-- Verify smartattend:corporate/grants on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert not exists (
    select
    from pg_catalog.pg_class as c
    cross join unnest(array['smartattend_app', 'smartattend_session', 'smartattend_auditor', 'smartattend_operator']) as r (role)
    where c.relnamespace = 'corporate'::regnamespace
      and c.relkind in ('r', 'v')
      and (
        has_table_privilege(r.role, c.oid, 'insert, update, delete, truncate')
        or has_table_privilege(r.role, c.oid, 'select') and not (r.role = 'smartattend_app' and c.relname in ('shift_instance', 'away', 'presence', 'worked_time', 'overtime', 'rest'))
      )
  ), 'only the owner writes corporate, and reads its templates and rosters';
  assert has_table_privilege('smartattend_app', 'corporate.shift_instance', 'select'), 'the application reads instances';
  assert has_table_privilege('smartattend_app', 'corporate.worked_time', 'select'), 'and what is worked';
  assert has_function_privilege('smartattend_app', 'corporate.paid(interval, interval, interval)', 'execute'), 'corporate.paid is readable';
  assert has_function_privilege('smartattend_app', 'corporate.elapsed(timestamptz, timestamptz)', 'execute'), 'corporate.elapsed is readable';
  assert has_table_privilege('smartattend_owner', 'corporate.shift_template', 'select'), 'the owner reads corporate';
end $$;

rollback;
