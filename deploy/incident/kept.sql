-- Deploy smartattend:incident/kept to pg
begin;
set local role smartattend_owner;

do $$
declare
  v_table text;
begin
  foreach v_table in array array[
    'incident_transition', 'occurrence', 'statement', 'assignment', 'pause', 'resumption', 'escalation', 'page', 'verdict'
  ] loop
    execute format(
      'create trigger %1$s_100_append_only before update or delete on incident.%1$I for each row execute function core.refuse_change()', v_table
    );
    execute format(
      'create trigger %1$s_100_no_truncate before truncate on incident.%1$I for each statement execute function core.refuse_change()', v_table
    );
    execute format('alter table incident.%1$I enable always trigger %1$s_100_append_only', v_table);
    execute format('alter table incident.%1$I enable always trigger %1$s_100_no_truncate', v_table);
  end loop;
  foreach v_table in array array['incident', 'counter'] loop
    execute format(
      'create trigger %1$s_100_kept before delete on incident.%1$I for each row execute function core.refuse_change(''kept'')', v_table
    );
    execute format(
      'create trigger %1$s_100_no_truncate before truncate on incident.%1$I for each statement execute function core.refuse_change(''kept'')', v_table
    );
    execute format('alter table incident.%1$I enable always trigger %1$s_100_kept', v_table);
    execute format('alter table incident.%1$I enable always trigger %1$s_100_no_truncate', v_table);
  end loop;
end $$;

create function incident.keep_incident()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if (new.number, new.platform, new.source, new.dedup_key, new.title, new.is_storm, new.previous_id)
    is distinct from (old.number, old.platform, old.source, old.dedup_key, old.title, old.is_storm, old.previous_id)
    or new.severity > old.severity
    or new.episode is distinct from old.episode + (new.state_via = 'reopen' and old.state = 'resolved')::integer
  then
    perform core.fail('SA020', 'another identity of an incident, or less severity', 'a move, another owner, or a worse severity');
  end if;
  return new;
end $$;
comment on function incident.keep_incident() is
  'What an incident is stays: its number, its key, where it comes from. Its severity becomes worse only; its episode counts when it is opened again. Error SA020.';
create trigger incident_100_stays_what_it_is
before update on incident.incident
for each row execute function incident.keep_incident();
alter table incident.incident enable always trigger incident_100_stays_what_it_is;

create function incident.count_up()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.last is distinct from old.last + 1 then
    perform core.fail('SA020', format('%s after %s', new.last, old.last), 'the next number');
  end if;
  return new;
end $$;
comment on function incident.count_up() is 'Numbers follow each other. Error SA020.';
create trigger counter_100_counts_up
before update on incident.counter
for each row execute function incident.count_up();
alter table incident.counter enable always trigger counter_100_counts_up;

commit;
