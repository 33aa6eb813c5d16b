-- Verify smartattend:api/report_views on pg
begin;
set local role smartattend_owner;

select * from api.report_daily_attendance where false;
select * from api.report_subject_term where false;
select * from api.report_register_completion where false;
select * from api.report_worked_hours where false;
select * from api.report_flags where false;
select * from api.report_corrections where false;
select * from api.report_device_clocks where false;
select * from api.report_revalidations where false;
select * from api.report_tenant_health where false;
select * from api.report_freshness where false;

rollback;
