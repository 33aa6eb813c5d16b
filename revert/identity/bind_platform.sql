-- Revert smartattend:identity/bind_platform from pg
begin;
set local role smartattend_session;

drop function identity.bind_target(uuid);
drop function identity.bind_platform(text, text);

commit;
