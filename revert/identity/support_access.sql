-- Revert smartattend:identity/support_access from pg
begin;
set local role smartattend_owner;

drop table identity.support_review;
drop table identity.support_end;
drop table identity.support_access;

commit;
