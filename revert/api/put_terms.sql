-- Revert smartattend:api/put_terms from pg
begin;
set local role smartattend_owner;

drop function api.put_terms(jsonb, text);
delete from core.entry_field where entry = 'term';

commit;
