-- Revert smartattend:integrity/rules_of_devices from pg
begin;
set local role smartattend_owner;

drop function integrity.f16(integrity.reach);
drop function integrity.f15(integrity.reach);
drop function integrity.f14(integrity.reach);
drop function integrity.f13(integrity.reach);
drop function integrity.numbered(integrity.reach);
drop function integrity.f10(integrity.reach);
drop function integrity.first_of_boot(uuid, uuid);
drop function integrity.f05(integrity.reach);
drop function integrity.f04(integrity.reach);
drop function integrity.spoken(integrity.reach);
drop function integrity.is_flagged(text, uuid);

commit;
