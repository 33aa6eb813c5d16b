-- Revert smartattend:api/put_members from pg
begin;
set local role smartattend_owner;

drop function api.put_members(jsonb, text);
delete from core.entry_field where entry = 'member';

commit;
