-- Deploy smartattend:identity/end_all_sessions to pg
begin;
set local role smartattend_session;

create function identity.end_all_sessions(reason text)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz;
  v_ended bigint;
  v_rows bigint;
begin
  if core.is_reason(end_all_sessions.reason) is not true then
    perform core.fail('SA013', coalesce(left(end_all_sessions.reason, 64), 'null'), 'a reason of at least 10 characters');
  end if;
  v_now := core.clock();
  -- a platform session takes its sub-sessions with it (identity.end_support)
  update identity.platform_session as s
  set revoked_at = v_now, revoked_because = end_all_sessions.reason
  where s.revoked_at is null and s.expires_at > v_now;
  get diagnostics v_ended = row_count;
  update identity.login_session as s
  set revoked_at = v_now, revoked_because = end_all_sessions.reason
  where s.revoked_at is null and s.expires_at > v_now;
  get diagnostics v_rows = row_count;
  return v_ended + v_rows;
end $$;
comment on function identity.end_all_sessions(text) is
  'Ends every login and platform session of every tenant that has not expired, and answers how many (sub-sessions that went with their platform session are not counted): after a restore, which brings back tokens that were revoked after the backup, and after a leak. For members of smartattend_deployer. Error SA013.';
grant execute on function identity.end_all_sessions(text) to smartattend_deployer;

commit;
