-- Deploy smartattend:identity/platform_action to pg
begin;
set local role smartattend_owner;

create table identity.platform_action (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  user_id uuid not null,
  session_id uuid not null,
  command text not null,
  key uuid,
  before jsonb,
  after jsonb,
  justification jsonb not null,
  client_address inet default inet_client_addr(),
  status text not null,
  code text,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint platform_action_pkey primary key (tenant_id, id),
  constraint action_is_by_a_user foreign key (user_id) references identity."user" (id),
  constraint status_is_accepted_or_refused check (status in ('accepted', 'refused')),
  constraint a_refusal_has_a_code check ((status = 'refused') = (code is not null))
);
comment on table identity.platform_action is
  'History of what platform sessions did and tried: one row a command, accepted or refused, with what was before and after. The nil UUID is the tenant of what concerns none. Written by identity.finish_platform only. A call that raises leaves no row: it did not happen, and its transaction is gone with it.';
comment on column identity.platform_action.after is 'What is so now; of a refusal, what was asked for.';
comment on column identity.platform_action.justification is
  'Why: {"session_reason", "ticket", "mfa_level"} of the session and "reason" of the command, where it takes one.';
create index platform_action_by_time on identity.platform_action (recorded_at);
create index platform_action_of_a_user on identity.platform_action (user_id, recorded_at);

create trigger platform_action_100_append_only
before update or delete on identity.platform_action
for each row execute function core.refuse_change();
create trigger platform_action_100_no_truncate
before truncate on identity.platform_action
for each statement execute function core.refuse_change();
alter table identity.platform_action enable always trigger platform_action_100_append_only;
alter table identity.platform_action enable always trigger platform_action_100_no_truncate;
alter table identity.platform_action enable row level security;
alter table identity.platform_action force row level security;
create policy owner_adds_to_the_bound_tenant on identity.platform_action
for insert to smartattend_owner
with check (tenant_id = (select coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid)));
create policy session_reads_what_the_platform_did on identity.platform_action
for select to smartattend_session
using (true);

revoke all on identity.platform_action from
  public, smartattend_session, smartattend_ledger, smartattend_app, smartattend_auditor, smartattend_operator;
grant select on identity.platform_action to smartattend_session;

commit;
