-- Revert smartattend:identity/holds from pg
begin;
set local role smartattend_owner;

drop function identity.require(text, uuid);
drop function identity.holds(text, uuid);

commit;
