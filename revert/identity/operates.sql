-- Revert smartattend:identity/operates from pg
begin;
set local role smartattend_session;

drop function identity.tenants();
drop function identity.operates(uuid, text, timestamptz);

commit;
