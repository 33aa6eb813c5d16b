-- Verify smartattend:attendance/substitute on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  session_id,
  user_id,
  appointed_at,
  appointed_by,
  withdrawn_at
from attendance.substitute
where false;
select pg_get_functiondef('attendance.takes_register(uuid, uuid)'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.substitute'::regclass and tgname = 'substitute_100_kept') = 'A', 'substitute_100_kept';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.substitute'::regclass and tgname = 'substitute_100_no_truncate') = 'A', 'substitute_100_no_truncate';
  assert to_regclass('attendance.substitute_user') is not null, 'index substitute_user';
end $$;

rollback;
