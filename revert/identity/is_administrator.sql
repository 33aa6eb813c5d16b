-- Revert smartattend:identity/is_administrator from pg
begin;
set local role smartattend_session;

drop function identity.is_administrator(uuid, uuid);

commit;
