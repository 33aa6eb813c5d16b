-- Deploy smartattend:school/policies to pg
begin;
set local role smartattend_owner;

-- The bound tier only: no view of api reads these tables, so the application has neither a policy nor a grant here.
alter table school.term enable row level security;
alter table school.term force row level security;
create policy owner_reads_the_bound_tenant on school.term
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on school.term
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on school.term
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table school.course enable row level security;
alter table school.course force row level security;
create policy owner_reads_the_bound_tenant on school.course
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on school.course
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on school.course
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table school.section enable row level security;
alter table school.section force row level security;
create policy owner_reads_the_bound_tenant on school.section
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on school.section
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on school.section
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table school.timetable enable row level security;
alter table school.timetable force row level security;
create policy owner_reads_the_bound_tenant on school.timetable
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on school.timetable
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on school.timetable
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

alter table school.enrolment enable row level security;
alter table school.enrolment force row level security;
create policy owner_reads_the_bound_tenant on school.enrolment
for select to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_read')));
create policy owner_adds_to_the_bound_tenant on school.enrolment
for insert to smartattend_owner
with check (tenant_id = (select core.bound_tenant('ordinary_write')));
create policy owner_changes_the_bound_tenant on school.enrolment
for update to smartattend_owner
using (tenant_id = (select core.bound_tenant('ordinary_write')))
with check (tenant_id = (select core.bound_tenant('ordinary_write')));

commit;
