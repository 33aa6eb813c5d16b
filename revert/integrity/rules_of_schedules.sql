-- Revert smartattend:integrity/rules_of_schedules from pg
begin;
set local role smartattend_owner;

drop function integrity.f24(integrity.reach);
drop function integrity.f23(integrity.reach);
drop function integrity.f22(integrity.reach);
drop function integrity.f21(integrity.reach);
drop function integrity.f20(integrity.reach);
drop function integrity.f19(integrity.reach);
drop function integrity.f18(integrity.reach);
drop function integrity.unscheduled(integrity.reach);

commit;
