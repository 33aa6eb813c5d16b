-- Deploy smartattend:identity/login_session/logged to pg
begin;
set local role smartattend_session;

create function identity.log_session()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform guard.log(
    'session', concat_ws(' ', coalesce(to_jsonb(new) ->> 'kind', 'platform'), 'session', case tg_op when 'INSERT' then 'begun' else 'ended' end),
    jsonb_strip_nulls(to_jsonb(new) - array['token_hash', 'last_seen_at'])
  );
  return null;
end $$;
comment on function identity.log_session() is
  'The system''s log of sessions: that one began, for whom, by whom, why and until when, and that it was revoked. The hash of its token stays where it is.';

create trigger login_session_900_log_begin
after insert on identity.login_session
for each row execute function identity.log_session();
create trigger login_session_900_log_end
after update on identity.login_session
for each row
when (old.revoked_at is distinct from new.revoked_at)
execute function identity.log_session();
create trigger platform_session_900_log_begin
after insert on identity.platform_session
for each row execute function identity.log_session();
create trigger platform_session_900_log_end
after update on identity.platform_session
for each row
when (old.revoked_at is distinct from new.revoked_at)
execute function identity.log_session();
alter table identity.login_session enable always trigger login_session_900_log_begin;
alter table identity.login_session enable always trigger login_session_900_log_end;
alter table identity.platform_session enable always trigger platform_session_900_log_begin;
alter table identity.platform_session enable always trigger platform_session_900_log_end;

commit;
