-- Revert smartattend:api/check_in from pg
begin;
set local role smartattend_owner;

drop function api.check_in(uuid, uuid, timestamptz, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text);

commit;
