-- Verify smartattend:identity/login_session on pg
begin;
set local role smartattend_session;

select
  tenant_id,
  id,
  kind,
  user_id,
  device_id,
  unit_id,
  token_hash,
  created_at,
  expires_at,
  idle_timeout,
  last_seen_at,
  revoked_at,
  revoked_because,
  issued_by,
  issued_because,
  platform_user_id,
  platform_session_id,
  client_address
from identity.login_session
where false;
select
  user_id,
  id,
  token_hash,
  reason,
  ticket,
  mfa_level,
  created_at,
  expires_at,
  last_seen_at,
  revoked_at,
  revoked_by,
  revoked_because,
  issued_by,
  client_address
from identity.platform_session
where false;

do $$
begin
  assert identity.is_span('5 minutes', '5 minutes', '90 days'), 'the shortest span';
  assert not identity.is_span('-71582788 months 2147483647 days', '0', '90 days'), 'a span with a negative part';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.login_session'::regclass and polname = 'session_is_the_only_reader'), 'policy session_is_the_only_reader on identity.login_session';
  assert (select pg_get_userbyid(polroles[1]) = 'smartattend_session' and cardinality(polroles) = 1 from pg_catalog.pg_policy where polrelid = 'identity.platform_session'::regclass and polname = 'session_is_the_only_reader'), 'policy session_is_the_only_reader on identity.platform_session';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'identity.login_session'::regclass), 'row level security of identity.login_session';
  assert (select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = 'identity.platform_session'::regclass), 'row level security of identity.platform_session';
  assert (
    select count(*) = 7
    from pg_catalog.pg_constraint
    where conrelid = 'identity.login_session'::regclass
      and contype = 'c'
      and conname in (
        'it_lasts_at_most_90_days_or_400_for_a_device', 'idle_timeout_is_5_minutes_to_90_days',
        'issued_because_has_at_most_2000_characters', 'revoked_because_has_at_most_2000_characters',
        'break_glass_is_the_platform_s_and_nobody_s', 'the_platform_is_behind_it_wholly_and_for_a_reason', 'support_lasts_at_most_60_minutes'
      )
  ), 'what bounds a session';
  assert to_regclass('identity.login_session_member') is not null, 'index login_session_member';
  assert to_regclass('identity.a_person_has_one_live_platform_session') is not null, 'index a_person_has_one_live_platform_session';
end $$;

rollback;
