-- Revert smartattend:identity/open_support from pg
begin;
set local role smartattend_session;

drop function identity.open_support(text, uuid, uuid, uuid, text, text, interval);

commit;
