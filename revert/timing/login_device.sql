-- Revert smartattend:timing/login_device from pg
begin;
set local role smartattend_owner;

drop function timing.login_device(text, text, interval, text);

commit;
