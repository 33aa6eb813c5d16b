-- Deploy smartattend:access/role_request to pg
begin;
set local role smartattend_owner;

create table access.role_request (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  kind text not null default 'asked',
  beneficiary_id uuid not null,
  role text not null,
  unit_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz not null default 'infinity',
  reason text,
  ticket text,
  requested_by uuid,
  session_id uuid default (core.actor()).session_id,
  min_approvals integer not null,
  requested_at timestamptz not null default core.clock(),
  lapses_at timestamptz not null,
  state text not null default 'requested',
  state_via text not null default 'request',
  state_reason text,
  constraint role_request_pkey primary key (tenant_id, id),
  constraint request_names_its_people unique (tenant_id, id, requested_by, beneficiary_id),
  constraint beneficiary_is_a_member foreign key (tenant_id, beneficiary_id) references identity.membership (tenant_id, user_id),
  constraint requester_is_a_member foreign key (tenant_id, requested_by) references identity.membership (tenant_id, user_id),
  constraint request_is_for_a_role foreign key (role) references identity.role (role),
  constraint scope_is_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint kind_is_known check (kind in ('asked', 'direct', 'break_glass', 'bootstrap')),
  constraint what_is_asked_for_is_approved check ((kind = 'asked') = (min_approvals > 0)),
  constraint nobody_grants_directly_to_oneself check (kind <> 'direct' or requested_by <> beneficiary_id),
  constraint glass_is_broken_for_oneself_with_a_reason check (kind <> 'break_glass' or (requested_by = beneficiary_id and reason is not null)),
  constraint glass_is_broken_for_up_to_an_hour check (kind <> 'break_glass' or ends_at <= starts_at + interval '60 minutes'),
  constraint somebody_asks check ((requested_by is null) = (kind = 'bootstrap')),
  constraint it_ends_after_it_starts check (ends_at > starts_at),
  constraint it_lapses_after_it_is_made check (lapses_at > requested_at),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint ticket_is_a_code check (core.is_code(ticket))
);
comment on table access.role_request is
  'Every way to a role: asked for and approved; granted directly, where the rule asks for no approval; taken in an emergency (break_glass); made with the tenant, or by the platform behind broken glass (bootstrap). A live grant without its active request here is out of band (E03).';
comment on column access.role_request.unit_id is 'The scope: this unit and everything beneath it; null is the whole tenant.';
comment on column access.role_request.min_approvals is 'What the rule asked for when the request was made.';
create index role_request_beneficiary on access.role_request (tenant_id, beneficiary_id, requested_at);
create index role_request_requester on access.role_request (tenant_id, requested_by);
create index role_request_unit on access.role_request (tenant_id, unit_id);
create index role_request_open on access.role_request (tenant_id, lapses_at) where state in ('requested', 'approved');
create index role_request_active on access.role_request (tenant_id, id) where state = 'active';

create table access.role_request_transition (
  tenant_id uuid not null,
  object_id uuid not null,
  id uuid not null default core.uuid_v7(),
  from_state text,
  to_state text not null,
  via text not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint role_request_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_request foreign key (tenant_id, object_id) references access.role_request (tenant_id, id)
);
comment on table access.role_request_transition is 'The history of role requests, written by core.judge_transition.';
create index role_request_transition_object on access.role_request_transition (tenant_id, object_id);

create table access.role_approval (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  request_id uuid not null,
  requested_by uuid not null,
  beneficiary_id uuid not null,
  approver_id uuid not null,
  approver_grant_id uuid not null,
  verdict text not null,
  reason text,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint role_approval_pkey primary key (tenant_id, id),
  constraint nobody_decides_twice unique (tenant_id, request_id, approver_id),
  constraint approval_is_of_a_request foreign key (tenant_id, request_id, requested_by, beneficiary_id)
  references access.role_request (tenant_id, id, requested_by, beneficiary_id),
  constraint approver_is_a_member foreign key (tenant_id, approver_id) references identity.membership (tenant_id, user_id),
  constraint approver_acts_by_a_grant foreign key (tenant_id, approver_grant_id) references identity.role_grant (tenant_id, id),
  constraint verdict_is_approve_or_deny check (verdict in ('approve', 'deny')),
  constraint approver_is_not_the_requester check (approver_id <> requested_by),
  constraint approver_is_not_the_beneficiary check (approver_id <> beneficiary_id),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint a_denial_has_a_reason check (verdict = 'approve' or reason is not null)
);
comment on table access.role_approval is
  'Who agreed and who did not, by which grant of their own, from which session and address. One denial ends a request.';
create index role_approval_approver on access.role_approval (tenant_id, approver_id);
create index role_approval_grant on access.role_approval (tenant_id, approver_grant_id);

create trigger role_request_100_kept
before delete on access.role_request
for each row execute function core.refuse_change('kept');
create trigger role_request_100_no_truncate
before truncate on access.role_request
for each statement execute function core.refuse_change('kept');
create trigger role_request_transition_100_append_only
before update or delete on access.role_request_transition
for each row execute function core.refuse_change();
create trigger role_request_transition_100_no_truncate
before truncate on access.role_request_transition
for each statement execute function core.refuse_change();
create trigger role_approval_100_append_only
before update or delete on access.role_approval
for each row execute function core.refuse_change();
create trigger role_approval_100_no_truncate
before truncate on access.role_approval
for each statement execute function core.refuse_change();
alter table access.role_request enable always trigger role_request_100_kept;
alter table access.role_request enable always trigger role_request_100_no_truncate;
alter table access.role_request_transition enable always trigger role_request_transition_100_append_only;
alter table access.role_request_transition enable always trigger role_request_transition_100_no_truncate;
alter table access.role_approval enable always trigger role_approval_100_append_only;
alter table access.role_approval enable always trigger role_approval_100_no_truncate;

create function access.keep_role_request()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if to_jsonb(new) - '{state,state_via,state_reason}'::text[] <> to_jsonb(old) - '{state,state_via,state_reason}'::text[] then
    perform core.fail('SA020', 'update of access.role_request', 'a new state; the request stays as it was made');
  end if;
  if new.state = 'approved' and old.state = 'requested' and (
    select count(*) from access.role_approval as a
    where a.tenant_id = new.tenant_id and a.request_id = new.id and a.verdict = 'approve'
  ) < new.min_approvals then
    perform core.fail('SA022', 'an approved request with fewer approvals', new.min_approvals || ' approvals by others');
  end if;
  return new;
end $$;
comment on function access.keep_role_request() is
  'What was asked for is what is decided, and nothing is approved by fewer people than it takes: the backstop behind every way to write. Errors SA020, SA022.';
create trigger role_request_100_stays_as_it_was_made
before update on access.role_request
for each row execute function access.keep_role_request();
alter table access.role_request enable always trigger role_request_100_stays_as_it_was_made;

-- A request makes one grant, and what names a request names one that is there.
alter table identity.role_grant add constraint grant_is_of_a_request
foreign key (tenant_id, request_id) references access.role_request (tenant_id, id);
create unique index a_request_makes_one_grant on identity.role_grant (tenant_id, request_id) where request_id is not null;

commit;
