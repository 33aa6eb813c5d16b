-- Revert smartattend:tenancy/gate from pg
begin;
set local role smartattend_owner;

drop table tenancy.gate;

commit;
