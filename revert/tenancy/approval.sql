-- Revert smartattend:tenancy/approval from pg
begin;
set local role smartattend_owner;

drop function tenancy.find_move(text, text, text);
drop function tenancy.stays(uuid);
drop table tenancy.approval;

commit;
