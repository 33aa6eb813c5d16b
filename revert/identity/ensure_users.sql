-- Revert smartattend:identity/ensure_users from pg
begin;
set local role smartattend_session;

drop function identity.ensure_users(text[]);

commit;
