-- Revert smartattend:identity/find_session from pg
begin;
set local role smartattend_session;

drop function identity.is_behind(uuid, uuid, timestamptz);
drop function identity.find_session(uuid, bytea, timestamptz);
drop function identity.is_live(timestamptz, interval, timestamptz, timestamptz, timestamptz);
drop function identity.token_tenant(text);

commit;
