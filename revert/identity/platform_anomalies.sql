-- Revert smartattend:identity/platform_anomalies from pg
begin;
set local role smartattend_session;

drop function identity.platform_anomalies(timestamptz);

commit;
