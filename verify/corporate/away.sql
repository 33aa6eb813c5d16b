-- Verify smartattend:corporate/away on pg
begin;
set local role smartattend_owner;

select
  tenant_id,
  record_id,
  revision,
  subject_id,
  unit_id,
  away,
  recorded_at,
  xid,
  epoch
from corporate.away
where false;
select pg_get_functiondef('corporate.derive_away()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'attendance.event'::regclass and tgname = 'event_500_derive_away') = 'A', 'event_500_derive_away';
end $$;

rollback;
