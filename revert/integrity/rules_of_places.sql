-- Revert smartattend:integrity/rules_of_places from pg
begin;
set local role smartattend_owner;

drop function integrity.f31(integrity.reach);
drop function integrity.f08(integrity.reach);
drop function integrity.f07(integrity.reach);
drop function integrity.f06(integrity.reach);
drop function integrity.f03(integrity.reach);

commit;
