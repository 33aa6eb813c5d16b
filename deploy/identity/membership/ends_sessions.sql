-- Deploy smartattend:identity/membership/ends_sessions to pg
begin;
set local role smartattend_session;

create function identity.end_sessions_of_members()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
begin
  -- The old rows are not asked: joined with the new ones by a plan made for one row, 10,000 of each would take seconds.
  update identity.login_session as s
  set
    expires_at = case when d.because is null then m.active_until else s.expires_at end,
    revoked_at = case when d.because is not null then v_now end,
    revoked_because = d.because
  from changed as m
  cross join lateral (
    select case
      when m.active_from > v_now then 'the membership has not begun'
      when m.active_until <= v_now then 'the membership has ended'
    end as because
  ) as d
  where s.tenant_id = m.tenant_id
    and s.user_id = m.user_id
    and s.revoked_at is null
    and s.expires_at > v_now
    and (m.active_from > v_now or m.active_until < s.expires_at);
  return null;
end $$;
comment on function identity.end_sessions_of_members() is
  'Login sessions last no longer than the membership: what is live is revoked when the membership does not hold now, and expires with it otherwise. Sessions that were ended or cut short stay so when it is prolonged.';
grant execute on function identity.end_sessions_of_members() to smartattend_owner;

set local role smartattend_owner;
-- A new membership has no sessions yet.
create trigger membership_900_end_sessions
after update on identity.membership
referencing new table as changed
for each statement execute function identity.end_sessions_of_members();
alter table identity.membership enable always trigger membership_900_end_sessions;

commit;
