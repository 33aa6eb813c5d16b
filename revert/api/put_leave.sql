-- Revert smartattend:api/put_leave from pg
begin;
set local role smartattend_owner;

drop function api.put_leave(jsonb, text);
drop function attendance.manages_leave(uuid, timestamptz, timestamptz);
delete from core.entry_field where entry = 'leave';

commit;
