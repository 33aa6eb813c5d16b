-- Revert smartattend:incident/recover from pg
begin;
set local role smartattend_owner;

drop function incident.recover(text, text, jsonb);

commit;
