-- Verify smartattend:incident/kept on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.keep_incident()'::regprocedure);
select pg_get_functiondef('incident.count_up()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'incident.incident'::regclass and tgname = 'incident_100_stays_what_it_is') = 'A', 'incident_100_stays_what_it_is';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'incident.counter'::regclass and tgname = 'counter_100_counts_up') = 'A', 'counter_100_counts_up';
  assert (
    select count(*)
    from pg_catalog.pg_trigger as t
    inner join pg_catalog.pg_class as c on c.oid = t.tgrelid
    where c.relnamespace = 'incident'::regnamespace and t.tgenabled = 'A' and t.tgname ~ '_100_(append_only|no_truncate|kept)$'
  ) = 22, 'eleven tables keep their rows';
end $$;

rollback;
