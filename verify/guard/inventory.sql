-- Verify smartattend:guard/inventory on pg
begin;

do $$
begin
  assert (select count(*) from guard.inventory() where kind = 'trigger' and object like 'guard.system\_log: %') = 2, 'the inventory knows the triggers of guard.system_log';
  assert octet_length(guard.fingerprint()) = 32, 'the fingerprint is a SHA-256';
end $$;

rollback;
