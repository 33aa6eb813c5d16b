-- Revert smartattend:identity/policies from pg
begin;
set local role smartattend_owner;

drop policy a_session_reads_its_tenant on tenancy.unit;
drop policy a_session_reads_its_tenant on tenancy.setting;
drop policy a_session_reads_its_tenant on tenancy.site;
drop policy a_session_reads_its_tenant on tenancy.tenant;
drop policy session_judges_scopes on tenancy.unit;
drop policy session_keeps_platform_grants on identity.platform_grant;
alter table identity.platform_grant no force row level security;
alter table identity.platform_grant disable row level security;
drop policy session_judges_permissions on identity.role_grant;
drop policy owner_changes_the_bound_tenant on identity.role_grant;
drop policy owner_adds_to_the_bound_tenant on identity.role_grant;
drop policy owner_reads_the_bound_tenant on identity.role_grant;
alter table identity.role_grant no force row level security;
alter table identity.role_grant disable row level security;
drop policy session_keeps_the_accounts on identity."user";
drop policy owner_reads_members_of_the_bound_tenant on identity."user";
alter table identity."user" no force row level security;
alter table identity."user" disable row level security;
drop policy a_session_reads_itself_or_its_scope on identity.membership;
drop policy session_locks_members_and_changes_none on identity.membership;
drop policy session_finds_members on identity.membership;
drop policy owner_changes_the_bound_tenant on identity.membership;
drop policy owner_adds_to_the_bound_tenant on identity.membership;
drop policy owner_reads_the_bound_tenant on identity.membership;
alter table identity.membership no force row level security;
alter table identity.membership disable row level security;

commit;
