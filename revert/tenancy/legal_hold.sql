-- Revert smartattend:tenancy/legal_hold from pg
begin;
set local role smartattend_owner;

drop table tenancy.legal_hold;
drop function tenancy.guard_legal_hold();

commit;
