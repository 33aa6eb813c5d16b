-- Revert smartattend:identity/end_all_sessions from pg
begin;
set local role smartattend_session;

drop function identity.end_all_sessions(text);

commit;
