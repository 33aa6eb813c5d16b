-- Revert smartattend:integrity/rules_of_people from pg
begin;
set local role smartattend_owner;

drop function integrity.f32(integrity.reach);
drop function integrity.f29(integrity.reach);
drop function integrity.f28(integrity.reach);
drop function integrity.read_rolls(integrity.reach);
drop function integrity.marked_sessions(integrity.reach);
drop function integrity.f27(integrity.reach);
drop function integrity.f26(integrity.reach);

commit;
