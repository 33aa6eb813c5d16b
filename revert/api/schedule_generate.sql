-- Revert smartattend:api/schedule_generate from pg
begin;
set local role smartattend_owner;

drop function api.schedule_generate(uuid, date, date, uuid, text);

commit;
