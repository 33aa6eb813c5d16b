-- Deploy smartattend:api/platform_grant to pg
begin;
set local role smartattend_owner;

create function api.platform_grant(key uuid, login text, role text, ends_at timestamptz, reason text, ticket text, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_actor core.actor := identity.bind_platform(platform_grant.token, 'platform.grant');
  v_payload jsonb := jsonb_build_object(
    'login', platform_grant.login, 'role', platform_grant.role, 'ends_at', coalesce(platform_grant.ends_at, 'infinity')
  );
  v_outcome core.outcome;
begin
  if core.is_reason(platform_grant.reason) is not true then
    perform core.fail('SA013', coalesce(left(platform_grant.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  if core.is_code(platform_grant.ticket) is not true then
    perform core.fail('SA012', coalesce(left(platform_grant.ticket, 64), 'null'), 'the ticket that asks for it');
  end if;
  if coalesce(platform_grant.login, '') !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then
    perform core.fail('SA010', 'login ' || coalesce(platform_grant.login, 'null'), '3 to 128 lower-case letters, digits and . _ @ + -');
  end if;
  if not exists (select from identity.role as r where r.role = platform_grant.role and r.platform = 'platform') then
    perform core.fail('SA010', 'role ' || coalesce(platform_grant.role, 'null'), 'superadmin, platform_operator or platform_auditor');
  end if;
  if platform_grant.ends_at <= core.clock() then
    perform core.fail('SA010', 'ends_at ' || platform_grant.ends_at, 'an instant to come, or null for no end');
  end if;
  v_outcome := identity.claim_platform('platform_grant', platform_grant.key, v_payload, platform_grant.reason);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  v_outcome := identity.grant_platform_role(
    platform_grant.login, platform_grant.role, coalesce(platform_grant.ends_at, 'infinity'), platform_grant.reason, platform_grant.ticket, v_payload
  );
  return identity.finish_platform(
    v_outcome, platform_grant.key, 'platform_grant', v_payload, reason => platform_grant.reason || ' (' || platform_grant.ticket || ')'
  );
end $$;
comment on function api.platform_grant(uuid, text, text, timestamptz, text, text, text) is
  'Grants a platform role to an account (made, if there is none) until an instant, null for no end. By a superadmin with MFA level 2, never for oneself. Where there is more than one superadmin, two of them make another: the first is refused SA114, the second repeats the command (same login, role and end, a key of its own) within 24 hours. Errors SA001–SA006, SA010, SA012, SA013, SA104; refusals SA102, SA104, SA105, SA112, SA114.';
grant execute on function api.platform_grant(uuid, text, text, timestamptz, text, text, text) to smartattend_app, smartattend_operator;

commit;
