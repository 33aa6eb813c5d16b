-- Deploy smartattend:attendance/kept to pg
begin;
set local role smartattend_owner;

create trigger code_100_kept
before delete on attendance.code
for each row execute function core.refuse_change('kept');
create trigger code_100_no_truncate
before truncate on attendance.code
for each statement execute function core.refuse_change('kept');
create trigger session_100_kept
before delete on attendance.session
for each row execute function core.refuse_change('kept');
create trigger session_100_no_truncate
before truncate on attendance.session
for each statement execute function core.refuse_change('kept');
create trigger register_100_kept
before delete on attendance.register
for each row execute function core.refuse_change('kept');
create trigger register_100_no_truncate
before truncate on attendance.register
for each statement execute function core.refuse_change('kept');
create trigger expectation_100_kept
before delete on attendance.expectation
for each row execute function core.refuse_change('kept');
create trigger expectation_100_no_truncate
before truncate on attendance.expectation
for each statement execute function core.refuse_change('kept');
create trigger register_transition_100_append_only
before update or delete on attendance.register_transition
for each row execute function core.refuse_change();
create trigger register_transition_100_no_truncate
before truncate on attendance.register_transition
for each statement execute function core.refuse_change();
alter table attendance.code enable always trigger code_100_kept;
alter table attendance.code enable always trigger code_100_no_truncate;
alter table attendance.session enable always trigger session_100_kept;
alter table attendance.session enable always trigger session_100_no_truncate;
alter table attendance.register enable always trigger register_100_kept;
alter table attendance.register enable always trigger register_100_no_truncate;
alter table attendance.expectation enable always trigger expectation_100_kept;
alter table attendance.expectation enable always trigger expectation_100_no_truncate;
alter table attendance.register_transition enable always trigger register_transition_100_append_only;
alter table attendance.register_transition enable always trigger register_transition_100_no_truncate;

commit;
