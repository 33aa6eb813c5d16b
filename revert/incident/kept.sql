-- Revert smartattend:incident/kept from pg
begin;
set local role smartattend_owner;

drop trigger counter_100_counts_up on incident.counter;
drop trigger incident_100_stays_what_it_is on incident.incident;
drop function incident.count_up();
drop function incident.keep_incident();
do $$
declare
  v_trigger record;
begin
  for v_trigger in
    select t.tgname, t.tgrelid::regclass as relation
    from pg_trigger as t
    inner join pg_class as c on c.oid = t.tgrelid
    where c.relnamespace = 'incident'::regnamespace and t.tgname ~ '_100_(append_only|no_truncate|kept)$'
  loop
    execute format('drop trigger %I on %s', v_trigger.tgname, v_trigger.relation);
  end loop;
end $$;

commit;
