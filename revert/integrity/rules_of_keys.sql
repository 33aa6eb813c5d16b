-- Revert smartattend:integrity/rules_of_keys from pg
begin;
set local role smartattend_owner;

drop function integrity.f30(integrity.reach);
drop function integrity.f25(integrity.reach);
drop function integrity.f02(integrity.reach);
drop function integrity.f01(integrity.reach);
drop function integrity.refused(integrity.reach, text);

commit;
