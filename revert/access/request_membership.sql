-- Revert smartattend:access/request_membership from pg
begin;
set local role smartattend_owner;

drop function access.request_membership(text, text, text, text, text, text, text, text);

commit;
