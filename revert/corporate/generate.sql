-- Revert smartattend:corporate/generate from pg
begin;
set local role smartattend_owner;

drop function corporate.generate(date, date, uuid);

commit;
