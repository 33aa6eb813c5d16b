-- Revert smartattend:api/put_shift_templates from pg
begin;
set local role smartattend_owner;

drop function api.put_shift_templates(jsonb, text);
delete from core.entry_field where entry = 'shift_template';

commit;
