-- Revert smartattend:identity/bind_operator from pg
begin;
set local role smartattend_session;

drop function identity.bind_operator(text, boolean);

commit;
