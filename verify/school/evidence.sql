-- Verify smartattend:school/evidence on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) from ledger.relation as r where r.relation = any (array[
    'school.term', 'school.course', 'school.section', 'school.timetable', 'school.timetable_exception',
    'school.enrolment'
  ])) = 6, 'evidence of school';
end $$;

rollback;
