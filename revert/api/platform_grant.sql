-- Revert smartattend:api/platform_grant from pg
begin;
set local role smartattend_owner;

drop function api.platform_grant(uuid, text, text, timestamptz, text, text, text);

commit;
