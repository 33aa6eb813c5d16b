-- Revert smartattend:identity/last_seen from pg
begin;
set local role smartattend_session;

drop function identity.is_session_of(uuid, uuid, timestamptz);
drop function identity.was_seen(uuid, timestamptz, timestamptz);

commit;
