-- Deploy smartattend:timing/device/ends_sessions to pg
begin;
set local role smartattend_owner;

create function timing.end_sessions_of_device()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  perform identity.revoke_device_sessions(new.tenant_id, new.id, 'the device is retired');
  return null;
end $$;
comment on function timing.end_sessions_of_device() is
  'A retired device has no login session: those that it had are revoked in the same transaction.';

create trigger device_900_end_sessions
after update on timing.device
for each row
when (new.retired_at is not null and new.retired_at is distinct from old.retired_at)
execute function timing.end_sessions_of_device();
alter table timing.device enable always trigger device_900_end_sessions;

commit;
