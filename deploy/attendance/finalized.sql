-- Deploy smartattend:attendance/finalized to pg
begin;
set local role smartattend_owner;

alter table attendance.session add column finalized_at timestamptz;
comment on column attendance.session.finalized_at is
  'When everybody who was expected had a record, so that finalisation need not look again; null again when somebody is expected anew.';
create index session_to_finalize on attendance.session (tenant_id, ends_at)
where finalized_at is null and cancelled_at is null;

create function attendance.expect_anew()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
begin
  -- The registers' locks make this and a finalisation of the same session take turns.
  perform
  from attendance.register as r
  inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
  where (s.tenant_id, s.id) in (select e.tenant_id, e.session_id from expected as e where e.withdrawn_at is null)
    and s.ends_at <= v_now
  order by r.session_id
  for no key update of r;
  if found then
    update attendance.session as s
    set finalized_at = null
    where (s.tenant_id, s.id) in (select e.tenant_id, e.session_id from expected as e where e.withdrawn_at is null)
      and s.finalized_at is not null;
  end if;
  return null;
end $$;
comment on function attendance.expect_anew() is
  'Who is expected in a session that is over is looked for by the next finalisation.';

create trigger expectation_500_expected
after insert on attendance.expectation
referencing new table as expected
for each statement execute function attendance.expect_anew();
create trigger expectation_500_expected_again
after update on attendance.expectation
referencing new table as expected
for each statement execute function attendance.expect_anew();
alter table attendance.expectation enable always trigger expectation_500_expected;
alter table attendance.expectation enable always trigger expectation_500_expected_again;

commit;
