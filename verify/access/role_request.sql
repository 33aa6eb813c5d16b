-- Verify smartattend:access/role_request on pg
begin;
set local role smartattend_owner;

select * from access.role_request where false;
select * from access.role_request_transition where false;
select * from access.role_approval where false;
select pg_get_functiondef('access.keep_role_request()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_request'::regclass and tgname = 'role_request_100_kept') = 'A', 'role_request_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_request'::regclass and tgname = 'role_request_100_no_truncate') = 'A', 'role_request_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_request_transition'::regclass and tgname = 'role_request_transition_100_append_only') = 'A', 'role_request_transition_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_request_transition'::regclass and tgname = 'role_request_transition_100_no_truncate') = 'A', 'role_request_transition_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_approval'::regclass and tgname = 'role_approval_100_append_only') = 'A', 'role_approval_100_append_only';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_approval'::regclass and tgname = 'role_approval_100_no_truncate') = 'A', 'role_approval_100_no_truncate';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_request'::regclass and tgname = 'role_request_100_stays_as_it_was_made') = 'A', 'role_request_100_stays_as_it_was_made';
  assert to_regclass('access.role_request_beneficiary') is not null, 'index role_request_beneficiary';
  assert to_regclass('access.role_request_requester') is not null, 'index role_request_requester';
  assert to_regclass('access.role_request_unit') is not null, 'index role_request_unit';
  assert to_regclass('access.role_request_open') is not null, 'index role_request_open';
  assert to_regclass('access.role_request_transition_object') is not null, 'index role_request_transition_object';
  assert to_regclass('access.role_approval_approver') is not null, 'index role_approval_approver';
  assert to_regclass('access.role_approval_grant') is not null, 'index role_approval_grant';
  assert to_regclass('identity.a_request_makes_one_grant') is not null, 'index a_request_makes_one_grant';
  assert exists (select from pg_catalog.pg_constraint where conrelid = 'identity.role_grant'::regclass and conname = 'grant_is_of_a_request'), 'grant_is_of_a_request';
end $$;

rollback;
