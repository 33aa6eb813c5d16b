-- Revert smartattend:api/put_roster from pg
begin;
set local role smartattend_owner;

drop function api.put_roster(jsonb, text);
delete from core.entry_field where entry = 'roster';

commit;
