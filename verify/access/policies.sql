-- Verify smartattend:access/policies on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (
    select count(*) from pg_catalog.pg_class as c
    where c.relnamespace = 'access'::regnamespace and c.relrowsecurity and c.relforcerowsecurity
  ) >= 9, 'row level security of access';
  assert has_table_privilege('smartattend_app', 'access.role_request', 'select'), 'the application reads requests';
  assert not has_table_privilege('smartattend_app', 'access.role_request', 'insert'), 'and writes none';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.escalation_event'::regclass and polname = 'owner_decides_what_is_bound'), 'policy owner_decides_what_is_bound on access.escalation_event';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.role_request'::regclass and polname = 'a_session_reads_its_own_or_its_scope'), 'policy a_session_reads_its_own_or_its_scope on access.role_request';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.revalidation'::regclass and polname = 'a_session_reads_its_own_or_reviews'), 'policy a_session_reads_its_own_or_reviews on access.revalidation';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.grant_history'::regclass and polname = 'a_session_reads_its_own_or_reviews'), 'policy a_session_reads_its_own_or_reviews on access.grant_history';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.role_approval'::regclass and polname = 'a_session_reads_requests_that_it_grants'), 'policy a_session_reads_requests_that_it_grants on access.role_approval';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'access.escalation_event'::regclass and polname = 'a_session_reviews_what_is_not_about_itself'), 'policy a_session_reviews_what_is_not_about_itself on access.escalation_event';
  assert exists (select from pg_catalog.pg_policy where polrelid = 'identity.role_grant'::regclass and polname = 'a_session_reads_its_own_or_grants'), 'policy a_session_reads_its_own_or_grants on identity.role_grant';
end $$;

rollback;
