-- Deploy smartattend:identity/support_access to pg
begin;
set local role smartattend_owner;

create table identity.support_access (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  user_id uuid not null,
  person text not null,
  platform_session_id uuid not null,
  mfa_level integer not null,
  member_id uuid,
  member_number text,
  unit_id uuid,
  reason text not null,
  session_reason text not null,
  ticket text not null,
  begun_at timestamptz not null,
  expires_at timestamptz not null,
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint support_access_pkey primary key (tenant_id, id),
  constraint person_is_referenced unique (tenant_id, id, user_id),
  constraint access_is_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint access_is_as_a_member foreign key (tenant_id, member_id) references identity.membership (tenant_id, user_id),
  constraint scope_is_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint access_is_by_a_user foreign key (user_id) references identity."user" (id),
  constraint kind_is_known check (kind in ('impersonation', 'break_glass')),
  constraint an_impersonation_has_a_member check ((kind = 'impersonation') = (num_nulls(member_id, member_number) = 0)),
  constraint break_glass_has_no_scope check (kind = 'impersonation' or num_nulls(member_id, member_number, unit_id) = 3),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint ticket_is_a_code check (core.is_code(ticket)),
  constraint it_lasts_at_most_60_minutes check (expires_at > begun_at and expires_at <= begun_at + interval '60 minutes')
);
comment on table identity.support_access is
  'History of the platform''s ways into a tenant: who came in, as whom, why, by which ticket and until when at most. It stands in the tenant''s own ledger tree. The id is the sub-session''s, which every row written under it carries.';
comment on column identity.support_access.person is 'The platform person''s login at that time.';
create index support_access_by_time on identity.support_access (kind, begun_at);

create table identity.support_end (
  tenant_id uuid not null,
  access_id uuid not null,
  ended_at timestamptz not null,
  because text,
  database_user text not null default session_user,
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint support_end_pkey primary key (tenant_id, access_id),
  constraint end_is_of_an_access foreign key (tenant_id, access_id) references identity.support_access (tenant_id, id)
);
comment on table identity.support_end is 'History: that an access of the platform was ended before its time. One that ran out has no row here.';

create table identity.support_review (
  tenant_id uuid not null,
  access_id uuid not null,
  doer_id uuid not null,
  reviewer_id uuid not null,
  reviewed_for text not null,
  verdict text not null,
  reason text not null,
  session_id uuid not null,
  recorded_at timestamptz not null default core.clock(),
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint support_review_pkey primary key (tenant_id, access_id),
  constraint review_is_of_an_access foreign key (tenant_id, access_id, doer_id) references identity.support_access (tenant_id, id, user_id),
  constraint reviewer_is_a_user foreign key (reviewer_id) references identity."user" (id),
  constraint reviewer_is_not_the_doer check (reviewer_id <> doer_id),
  constraint reviewer_is_of_the_tenant_or_the_platform check (reviewed_for in ('tenant', 'platform')),
  constraint verdict_is_known check (verdict in ('justified', 'abused')),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table identity.support_review is 'History: the one verdict on an access of the platform, by somebody else.';

create trigger support_access_100_append_only
before update or delete on identity.support_access
for each row execute function core.refuse_change();
create trigger support_access_100_no_truncate
before truncate on identity.support_access
for each statement execute function core.refuse_change();
alter table identity.support_access enable always trigger support_access_100_append_only;
alter table identity.support_access enable always trigger support_access_100_no_truncate;
alter table identity.support_access enable row level security;
alter table identity.support_access force row level security;
create policy owner_reads_the_bound_tenant on identity.support_access
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy session_keeps_the_platform_s_access on identity.support_access
for all to smartattend_session
using (true)
with check (true);
create policy a_session_reads_who_came_in on identity.support_access
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('audit.read'))
);

create trigger support_end_100_append_only
before update or delete on identity.support_end
for each row execute function core.refuse_change();
create trigger support_end_100_no_truncate
before truncate on identity.support_end
for each statement execute function core.refuse_change();
alter table identity.support_end enable always trigger support_end_100_append_only;
alter table identity.support_end enable always trigger support_end_100_no_truncate;
alter table identity.support_end enable row level security;
alter table identity.support_end force row level security;
create policy owner_reads_the_bound_tenant on identity.support_end
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy session_keeps_the_platform_s_access on identity.support_end
for all to smartattend_session
using (true)
with check (true);
create policy a_session_reads_who_came_in on identity.support_end
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('audit.read'))
);

create trigger support_review_100_append_only
before update or delete on identity.support_review
for each row execute function core.refuse_change();
create trigger support_review_100_no_truncate
before truncate on identity.support_review
for each statement execute function core.refuse_change();
alter table identity.support_review enable always trigger support_review_100_append_only;
alter table identity.support_review enable always trigger support_review_100_no_truncate;
alter table identity.support_review enable row level security;
alter table identity.support_review force row level security;
create policy owner_reads_the_bound_tenant on identity.support_review
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant()));
create policy session_keeps_the_platform_s_access on identity.support_review
for all to smartattend_session
using (true)
with check (true);
create policy a_session_reads_who_came_in on identity.support_review
for select to smartattend_app
using (
  tenant_id = (select identity.session_tenant('administration_read'))
  and (select identity.session_holds('audit.read'))
);

revoke all on identity.support_access, identity.support_end, identity.support_review from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select, insert on identity.support_access, identity.support_end, identity.support_review to smartattend_session;
grant select on identity.support_access, identity.support_end, identity.support_review to smartattend_app;

commit;
