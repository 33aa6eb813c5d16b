-- Verify smartattend:incident/incident/follow on pg
begin;
set local role smartattend_owner;

select pg_get_functiondef('incident.missing(incident.incident, text)'::regprocedure);
select pg_get_functiondef('incident.follow_move()'::regprocedure);

do $$
begin
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'incident.incident'::regclass and tgname = 'incident_900_follow_move') = 'A', 'incident_900_follow_move';
end $$;

rollback;
