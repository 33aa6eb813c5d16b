-- Deploy smartattend:access/grant_history to pg
begin;
set local role smartattend_owner;

create table access.grant_history (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  grant_id uuid not null,
  user_id uuid not null,
  role text not null,
  unit_id uuid,
  change text not null,
  source text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  revoked_at timestamptz,
  request_id uuid,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint grant_history_pkey primary key (tenant_id, id),
  constraint change_is_known check (change in ('granted', 'revoked', 'resumed', 'shortened', 'changed')),
  constraint source_is_known check (
    source in ('asked', 'direct', 'break_glass', 'bootstrap', 'revocation', 'suspension', 'revalidation', 'out_of_band')
  )
);
comment on table access.grant_history is
  'Every change of a role: whose, which, from when to when, why, by whom from which session and address, and by which way. What no procedure did is out_of_band, and an escalation event (E03).';
create index grant_history_grant on access.grant_history (tenant_id, grant_id, recorded_at);
create index grant_history_recorded on access.grant_history (tenant_id, recorded_at);
create index grant_history_user on access.grant_history (tenant_id, user_id, recorded_at);

create trigger grant_history_100_append_only
before update or delete on access.grant_history
for each row execute function core.refuse_change();
create trigger grant_history_100_no_truncate
before truncate on access.grant_history
for each statement execute function core.refuse_change();
alter table access.grant_history enable always trigger grant_history_100_append_only;
alter table access.grant_history enable always trigger grant_history_100_no_truncate;

create function access.keep_grant_history()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_request access.role_request;
  v_check access.revalidation;
  v_change text := 'granted';
  v_source text;
  v_reason text;
begin
  select q.* into v_request from access.role_request as q where q.tenant_id = new.tenant_id and q.id = new.request_id;
  if tg_op = 'INSERT' then
    if v_request.state = 'active'
      and (v_request.beneficiary_id, v_request.role, v_request.unit_id, v_request.ends_at)
      is not distinct from (new.user_id, new.role, new.unit_id, new.ends_at)
      and new.starts_at >= v_request.starts_at
      and new.revoked_at is null
    then
      v_source := v_request.kind;
      v_reason := v_request.reason;
    end if;
  else
    if new is not distinct from old then
      return null;
    end if;
    select c.* into v_check
    from access.revalidation as c
    where c.tenant_id = new.tenant_id and c.grant_id = new.id
    order by c.queued_at desc, c.id desc
    limit 1;
    v_change := case
      when (to_jsonb(new) - '{revoked_at,ends_at,during}'::text[]) <> (to_jsonb(old) - '{revoked_at,ends_at,during}'::text[]) then 'changed'
      when old.revoked_at is null and new.revoked_at is not null and new.ends_at = old.ends_at then 'revoked'
      when old.revoked_at is not null and new.revoked_at is null and new.ends_at = old.ends_at then 'resumed'
      when new.revoked_at is not distinct from old.revoked_at and new.ends_at < old.ends_at then 'shortened'
      else 'changed'
    end;
    v_source := case
      when v_change = 'revoked' and v_request.state = 'revoked' then 'revocation'
      when v_change = 'revoked' and v_check.state = 'overdue' and v_check.suspended_at is not null then 'suspension'
      when v_change = 'resumed' and v_request.state = 'active' and v_check.state in ('certified', 'modified') and v_check.suspended_at is not null then 'revalidation'
      when v_change = 'shortened' and v_check.state = 'modified' then 'revalidation'
    end;
    v_reason := case v_source when 'revocation' then v_request.state_reason else v_check.state_reason end;
  end if;
  insert into access.grant_history (
    tenant_id, grant_id, user_id, role, unit_id, change, source, starts_at, ends_at, revoked_at, request_id, reason
  )
  values (
    new.tenant_id, new.id, new.user_id, new.role, new.unit_id, v_change, coalesce(v_source, 'out_of_band'), new.starts_at, new.ends_at,
    new.revoked_at, new.request_id, v_reason
  );
  if v_source is null then
    perform access.note(
      'E03', new.user_id, format('%s %s %s', new.id, v_change, pg_current_xact_id()),
      jsonb_build_object('change', v_change, 'old', case tg_op when 'UPDATE' then to_jsonb(old) end, 'new', to_jsonb(new), 'database_user', session_user),
      new.id, new.tenant_id
    );
  end if;
  return null;
end $$;
comment on function access.keep_grant_history() is
  'Writes the history of a grant, whoever changes it and by whatever way. The source is what the request or the revalidation says that there is for this change; without one it is out of band: E03.';
create trigger role_grant_900_keep_history
after insert or update on identity.role_grant
for each row execute function access.keep_grant_history();
alter table identity.role_grant enable always trigger role_grant_900_keep_history;

commit;
