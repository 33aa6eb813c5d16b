-- Revert smartattend:identity/erase from pg
begin;
set local role smartattend_session;

drop function identity.erase_sessions(uuid);
drop function identity.bind_erasure(uuid);

commit;
