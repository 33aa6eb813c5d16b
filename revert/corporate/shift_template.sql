-- Revert smartattend:corporate/shift_template from pg
begin;
set local role smartattend_owner;

drop table corporate.shift_template;

commit;
