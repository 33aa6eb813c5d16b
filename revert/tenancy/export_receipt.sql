-- Revert smartattend:tenancy/export_receipt from pg
begin;
set local role smartattend_owner;

drop table tenancy.export_receipt;

commit;
