-- Revert smartattend:api/clock_report from pg
begin;
set local role smartattend_owner;

drop function api.clock_report(uuid, uuid, timestamptz, timestamptz, uuid, bigint, bigint, bigint, integer, timestamptz, uuid, bigint, bigint, text);

commit;
