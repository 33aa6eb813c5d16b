-- Revert smartattend:attendance/finalized from pg
begin;
set local role smartattend_owner;

drop trigger expectation_500_expected_again on attendance.expectation;
drop trigger expectation_500_expected on attendance.expectation;
drop function attendance.expect_anew();
drop index attendance.session_to_finalize;
alter table attendance.session drop column finalized_at;

commit;
