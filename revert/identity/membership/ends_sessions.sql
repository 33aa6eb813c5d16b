-- Revert smartattend:identity/membership/ends_sessions from pg
begin;
set local role smartattend_owner;

drop trigger membership_900_end_sessions on identity.membership;
set local role smartattend_session;
drop function identity.end_sessions_of_members();

commit;
