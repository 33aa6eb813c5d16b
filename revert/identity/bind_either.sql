-- Revert smartattend:identity/bind_either from pg
begin;
set local role smartattend_owner;

drop function identity.bind_either(text, text);

commit;
