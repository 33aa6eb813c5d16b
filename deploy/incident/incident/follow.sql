-- Deploy smartattend:incident/incident/follow to pg
begin;
set local role smartattend_owner;

create function incident.missing(subject incident.incident, via text)
returns text[]
language sql
stable
as $$
  select array(
    select r.kind
    from incident.requirement as r
    where r.via = missing.via
      and (missing.subject).severity <= r.up_to_severity
      and not exists (
        select from incident.statement as s
        where s.tenant_id = (missing.subject).tenant_id
          and s.incident_id = (missing.subject).id
          and s.episode = (missing.subject).episode
          and s.kind = r.kind
      )
    order by r.kind
  )
$$;
comment on function incident.missing(incident.incident, text) is
  'What has to be stated in the present episode before an incident makes this transition, and is not.';

create function incident.follow_move()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_now timestamptz := core.clock();
  v_missing text[] := incident.missing(new, new.state_via);
  v_wrong text;
begin
  if v_missing <> '{}' then
    v_wrong := 'without ' || array_to_string(v_missing, ', ') || ' (SA110)';
  elsif new.state_via = 'investigate' and (core.actor()).kind is distinct from 'system' and new.owner_id is distinct from (core.actor()).user_id then
    v_wrong := 'by somebody who does not have it (SA105)';
  elsif new.state_via = 'expire' and not incident.has_lapsed(new.tenant_id, new.id, new.severity, v_now) then
    v_wrong := 'while the acknowledgement lasts (SA101)';
  elsif new.state_via = 'merge' and not exists (
    select from incident.incident as i where i.tenant_id = new.tenant_id and i.id = new.into_id and i.is_storm
  ) then
    v_wrong := 'into what is no storm (SA101)';
  end if;
  if v_wrong is not null then
    perform core.fail(
      'SA022', format('incident: %s -> %s via %s %s', old.state, new.state, new.state_via, v_wrong),
      'what incident.requirement and the guard of the move say'
    );
  end if;
  if new.state <> 'closed' then -- its clocks stopped when it was resolved
    perform incident.judge_clocks(
      new, v_now,
      case new.state when 'acknowledged' then '{acknowledge}' when 'mitigated' then '{mitigate}' when 'resolved' then '{mitigate,resolve}' else '{}' end::text[]
    );
  end if;
  if new.state not in ('investigating', 'mitigated') then
    insert into incident.resumption (tenant_id, pause_id)
    select p.tenant_id, p.id
    from incident.pause as p
    where p.tenant_id = new.tenant_id
      and p.incident_id = new.id
      and not exists (select from incident.resumption as r where r.tenant_id = p.tenant_id and r.pause_id = p.id);
  end if;
  return null;
end $$;
comment on function incident.follow_move() is
  'After each move of an incident, whoever makes it: what it requires is stated, its owner makes it, its time is over. The clocks that it stops get their verdict, and nobody''s pause outlasts the work. Error SA022.';
create trigger incident_900_follow_move
after update on incident.incident
for each row
when (new.state is distinct from old.state)
execute function incident.follow_move();
alter table incident.incident enable always trigger incident_900_follow_move;

commit;
