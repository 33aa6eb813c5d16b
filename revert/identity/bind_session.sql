-- Revert smartattend:identity/bind_session from pg
begin;
set local role smartattend_session;

drop function identity.bind_session(text);

commit;
