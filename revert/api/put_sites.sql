-- Revert smartattend:api/put_sites from pg
begin;
set local role smartattend_owner;

drop function api.put_sites(jsonb, text);
delete from core.entry_field where entry = 'site';

commit;
