-- Revert smartattend:report/reads from pg
begin;
set local role smartattend_owner;

drop policy refresher_reads_every_tenant on integrity.rule_setting;
drop policy refresher_reads_every_tenant on integrity.flag_transition;
drop policy refresher_reads_every_tenant on integrity.flag;
drop policy refresher_reads_every_tenant on corporate.away;
drop policy refresher_reads_every_tenant on corporate.shift_instance;
drop policy refresher_reads_every_tenant on school.term;
drop policy refresher_reads_every_tenant on attendance.correction_request_transition;
drop policy refresher_reads_every_tenant on attendance.correction_request;
drop policy refresher_reads_every_tenant on attendance.period;
drop policy refresher_reads_every_tenant on attendance.record;
drop policy refresher_reads_every_tenant on attendance.event;
drop policy refresher_reads_every_tenant on attendance.register_transition;
drop policy refresher_reads_every_tenant on attendance.register;
drop policy refresher_reads_every_tenant on attendance.expectation;
drop policy refresher_reads_every_tenant on attendance.session;
drop policy refresher_reads_every_tenant on attendance.code;
drop policy refresher_reads_every_tenant on timing.clock_sample;
drop policy refresher_reads_every_tenant on timing.device_clock_transition;
drop policy refresher_reads_every_tenant on timing.device_clock;
drop policy refresher_reads_every_tenant on timing.device;
drop policy refresher_reads_every_tenant on access.escalation_event;
drop policy refresher_reads_every_tenant on access.revalidation_transition;
drop policy refresher_reads_every_tenant on access.revalidation;
drop policy refresher_reads_every_tenant on identity.role_grant;
drop policy refresher_reads_every_tenant on identity.membership;
drop policy refresher_reads_every_tenant on tenancy.setting;
drop policy refresher_reads_every_tenant on tenancy.tenant;
drop policy refresher_reads_every_tenant on core.erasure;

revoke select on
  core.erasure, tenancy.tenant, tenancy.setting, identity.membership, identity.role_grant,
  access.revalidation, access.revalidation_transition, access.escalation_event,
  timing.device, timing.device_clock, timing.device_clock_transition, timing.clock_sample,
  attendance.code, attendance.session, attendance.expectation, attendance.register, attendance.register_transition, attendance.event,
  attendance.record, attendance.period, attendance.correction_request, attendance.correction_request_transition,
  school.term, corporate.shift_instance, corporate.away, integrity.flag, integrity.flag_transition, integrity.rule_setting
from smartattend_refresher;
revoke select on corporate.presence, corporate.worked_time, corporate.overtime from smartattend_refresher;
revoke select on core.error_code, attendance.category, integrity.parameter from smartattend_refresher;
revoke execute on function corporate.elapsed(timestamptz, timestamptz), corporate.paid(interval, interval, interval) from smartattend_refresher;
revoke execute on function core.fail(text, text, text, text) from smartattend_refresher;
revoke usage on schema tenancy, identity, access, timing, attendance, school, corporate, integrity from smartattend_refresher;

commit;
