-- Verify smartattend:attendance/finalized on pg
begin;
set local role smartattend_owner;

select finalized_at from attendance.session where false;
select pg_get_functiondef('attendance.expect_anew()'::regprocedure);

do $$
begin
  assert to_regclass('attendance.session_to_finalize') is not null, 'index session_to_finalize';
  assert (
    select array_agg(t.tgname::text || t.tgenabled::text order by t.tgname)
    from pg_catalog.pg_trigger as t
    where t.tgrelid = 'attendance.expectation'::regclass and t.tgname like 'expectation_500_%'
  ) = '{expectation_500_expectedA,expectation_500_expected_againA}', 'triggers of attendance.expectation';
end $$;

rollback;
