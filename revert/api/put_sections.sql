-- Revert smartattend:api/put_sections from pg
begin;
set local role smartattend_owner;

drop function api.put_sections(jsonb, text);
delete from core.entry_field where entry = 'section';

commit;
