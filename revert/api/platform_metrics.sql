-- Revert smartattend:api/platform_metrics from pg
begin;
set local role smartattend_owner;

drop function api.platform_metrics(text);

commit;
