-- Deploy smartattend:api/schedule_generate to pg
begin;
set local role smartattend_owner;

create function api.schedule_generate(key uuid, from_date date, to_date date, unit_id uuid default null, token text default null)
returns core.outcome
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := identity.bind_session(schedule_generate.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_payload jsonb := jsonb_build_object(
    'from_date', schedule_generate.from_date, 'to_date', schedule_generate.to_date, 'unit_id', schedule_generate.unit_id
  );
  v_outcome core.outcome;
  v_made record;
begin
  v_outcome := ledger.claim('schedule_generate', schedule_generate.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  if num_nulls(schedule_generate.from_date, schedule_generate.to_date) > 0 then
    perform core.fail('SA012', 'from_date or to_date is null', 'from_date and to_date, both included');
  end if;
  if not (
    schedule_generate.from_date between '1900-01-01' and '2999-12-31'
    and schedule_generate.to_date between schedule_generate.from_date and '2999-12-31'
    and schedule_generate.to_date < schedule_generate.from_date + 400
  ) then
    perform core.fail(
      'SA010', format('%s to %s', schedule_generate.from_date, schedule_generate.to_date), 'at most 400 days from 1900 to 2999, in order'
    );
  end if;
  if v_barred is null and schedule_generate.unit_id is not null and not exists (
    select from tenancy.unit as u where u.tenant_id = v_actor.tenant_id and u.id = schedule_generate.unit_id
  ) then
    perform core.fail('SA011', 'unit_id ' || schedule_generate.unit_id, 'a unit of this tenant');
  end if;
  if v_barred is null and not identity.holds('schedule.manage', schedule_generate.unit_id) then
    v_barred := identity.scope_fault('schedule.manage');
  end if;
  if v_barred is not null then
    return core.finish(
      ledger.refuse(
        'schedule_generate', schedule_generate.key, v_payload, core.refused(v_barred ->> 'code', v_barred - '{code,field}'::text[])
      ),
      schedule_generate.key
    );
  end if;

  if (select t.platform from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id) = 'school' then
    select g.* into strict v_made
    from school.generate(schedule_generate.from_date, schedule_generate.to_date, schedule_generate.unit_id) as g;
  else
    select g.* into strict v_made
    from corporate.generate(schedule_generate.from_date, schedule_generate.to_date, schedule_generate.unit_id) as g;
  end if;
  return core.finish(core.accepted(null, null, to_jsonb(v_made)), schedule_generate.key);
end $$;
comment on function api.schedule_generate(uuid, date, date, uuid, text) is
  'Makes sessions, registers and expectations from the timetables or rosters, from from_date to to_date (both included, at most 400 days), for a unit with everything beneath it (null: the tenant); detail {"sessions", "expectations", "withdrawn", "cancelled"} counts what it made and took back. Another key for the same dates makes only what is missing; of sessions that have not begun it withdraws who is no longer planned, and cancels those that are not. Permission schedule.manage for the unit. Errors SA001 to SA006, SA010, SA011, SA012; refusals SA102, SA104, SA107.';
grant execute on function api.schedule_generate(uuid, date, date, uuid, text) to smartattend_app;

commit;
