-- Revert smartattend:api/report_views from pg
begin;
set local role smartattend_owner;

drop view api.report_freshness;
drop view api.report_tenant_health;
drop view api.report_revalidations;
drop view api.report_device_clocks;
drop view api.report_corrections;
drop view api.report_flags;
drop view api.report_worked_hours;
drop view api.report_register_completion;
drop view api.report_subject_term;
drop view api.report_daily_attendance;

commit;
