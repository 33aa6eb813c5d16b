-- Revert smartattend:integrity/scan from pg
begin;
set local role smartattend_owner;

drop function integrity.scan();
drop function integrity.judge(integrity.reach);
drop function integrity.clear_flags(integrity.reach);
drop function integrity.hold_records(uuid[]);
drop function integrity.raise_findings(text, integrity.reach);

commit;
