-- Revert smartattend:corporate/shift_template from pg
begin;
set local role smartattend_owner;

drop function corporate.shift_fault(jsonb, text, smallint, smallint);
drop function corporate.elapsed(timestamptz, timestamptz);
drop function corporate.paid(interval, interval, interval);
drop table corporate.shift_instance;
drop table corporate.shift_template;
drop table corporate.shift_kind;

commit;
