-- Deploy smartattend:report/reads to pg
begin;
set local role smartattend_owner;

grant usage on schema tenancy, identity, access, timing, attendance, school, corporate, integrity to smartattend_refresher;
grant execute on function core.fail(text, text, text, text) to smartattend_refresher;
grant execute on function corporate.elapsed(timestamptz, timestamptz), corporate.paid(interval, interval, interval) to smartattend_refresher;
grant select on core.error_code, attendance.category, integrity.parameter to smartattend_refresher;
grant select on corporate.presence, corporate.worked_time, corporate.overtime to smartattend_refresher;

-- What it aggregates, of every tenant, and only reads: a catalog test holds this list.
grant select on
  core.erasure, tenancy.tenant, tenancy.setting, identity.membership, identity.role_grant,
  access.revalidation, access.revalidation_transition, access.escalation_event,
  timing.device, timing.device_clock, timing.device_clock_transition, timing.clock_sample,
  attendance.code, attendance.session, attendance.expectation, attendance.register, attendance.register_transition, attendance.event,
  attendance.record, attendance.period, attendance.correction_request, attendance.correction_request_transition,
  school.term, corporate.shift_instance, corporate.away, integrity.flag, integrity.flag_transition, integrity.rule_setting
to smartattend_refresher;

create policy refresher_reads_every_tenant on core.erasure for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on tenancy.tenant for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on tenancy.setting for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on identity.membership for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on identity.role_grant for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on access.revalidation for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on access.revalidation_transition for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on access.escalation_event for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on timing.device for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on timing.device_clock for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on timing.device_clock_transition for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on timing.clock_sample for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.code for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.session for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.expectation for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.register for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.register_transition for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.event for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.record for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.period for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.correction_request for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on attendance.correction_request_transition for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on school.term for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on corporate.shift_instance for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on corporate.away for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on integrity.flag for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on integrity.flag_transition for select to smartattend_refresher using (true);
create policy refresher_reads_every_tenant on integrity.rule_setting for select to smartattend_refresher using (true);

commit;
