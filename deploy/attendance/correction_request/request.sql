-- Deploy smartattend:attendance/correction_request/request to pg
begin;
set local role smartattend_owner;

create function attendance.correction_window_is_over(record attendance.record)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_age interval := core.clock() - record.accounted_at;
  v_setting tenancy.setting;
begin
  select s.* into v_setting from tenancy.setting as s where s.tenant_id = record.tenant_id;
  if record.subject_id = (core.actor()).user_id then
    return v_age > v_setting.correction_window_of_the_subject;
  end if;
  return v_age > v_setting.correction_window_of_a_manager
    and not (
      identity.holds('period.manage', record.unit_id)
      and not exists (select from attendance.period_at(record.accounted_at) as p where p.state = 'closed')
    );
end $$;
comment on function attendance.correction_window_is_over(attendance.record) is
  'Whether the bound actor asks too late for a correction of this record, counted from the instant that decides its period: of the own record after correction_window_of_the_subject, whatever one''s role; of others'' after correction_window_of_a_manager, with period.manage not before the period is closed.';

create function attendance.check_correction(
  type text, effect text, code text, in_at timestamptz, out_at timestamptz, clears text[], reason text
)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_types text;
begin
  select string_agg(t.type, ', ' order by t.type) into v_types
  from attendance.correction_type as t
  where t.effect = check_correction.effect;
  if not exists (
    select from attendance.correction_type as t where t.type = check_correction.type and t.effect = check_correction.effect
  ) then
    perform core.fail(
      'SA010', format('type %s for a correction of kind %s', coalesce(check_correction.type, 'null'), check_correction.effect), v_types
    );
  end if;
  if core.is_reason(check_correction.reason) is not true then
    perform core.fail('SA013', coalesce(check_correction.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if check_correction.clears is null or not check_correction.clears <@ array['code', 'in_at', 'out_at'] then
    perform core.fail('SA010', coalesce('clears ' || check_correction.clears::text, 'clears is null'), 'clears: a list of code, in_at, out_at');
  end if;
  if check_correction.effect <> 'change' and num_nonnulls(check_correction.code, check_correction.in_at, check_correction.out_at) > 0
    or check_correction.effect <> 'change' and check_correction.clears <> '{}'
  then
    perform core.fail('SA010', 'values beside is_void', 'is_void, or values');
  end if;
  if check_correction.code is not null and 'code' = any (check_correction.clears)
    or check_correction.in_at is not null and 'in_at' = any (check_correction.clears)
    or check_correction.out_at is not null and 'out_at' = any (check_correction.clears)
  then
    perform core.fail('SA010', 'clears ' || check_correction.clears::text || ' beside a value for it', 'a value, or its name in clears');
  end if;
  if not coalesce(check_correction.in_at between '1970-01-01 00:00+00' and core.clock(), true)
    or not coalesce(check_correction.out_at between '1970-01-01 00:00+00' and core.clock(), true)
  then
    perform core.fail(
      'SA010', format('in_at %s, out_at %s', check_correction.in_at, check_correction.out_at), 'instants from 1970 until now'
    );
  end if;
end $$;
comment on function attendance.check_correction(text, text, text, timestamptz, timestamptz, text[], text) is
  'Raises SA010 or SA013 for a correction that is malformed, whatever the record.';

create function attendance.request_correction(
  command text, key uuid, record_id uuid, type text, effect text, reverts_to integer, code text, in_at timestamptz, out_at timestamptz,
  clears text[], reason text, base_revision integer
)
returns core.outcome
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_actor core.actor := core.actor();
  v_payload jsonb := jsonb_build_object(
    'record_id', request_correction.record_id, 'type', request_correction.type, 'effect', request_correction.effect,
    'reverts_to', request_correction.reverts_to, 'code', request_correction.code, 'in_at', attendance.utc(request_correction.in_at),
    'out_at', attendance.utc(request_correction.out_at), 'clears', request_correction.clears, 'reason', request_correction.reason,
    'base_revision', request_correction.base_revision
  );
  v_outcome core.outcome;
  v_record attendance.record;
  v_wanted attendance.record;
  v_request attendance.correction_request;
  v_code text;
begin
  perform attendance.check_correction(
    request_correction.type, request_correction.effect, request_correction.code, request_correction.in_at, request_correction.out_at,
    request_correction.clears, request_correction.reason
  );
  select r.* into v_record
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = request_correction.record_id;
  if not found then
    perform core.fail('SA011', 'record_id ' || coalesce(request_correction.record_id::text, 'null'), 'a record of this tenant');
  end if;
  -- The person first, then the key, then what may have changed meanwhile.
  perform from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = v_record.subject_id
  for no key update;
  v_outcome := ledger.claim(request_correction.command, request_correction.key, v_payload);
  if v_outcome.status is not null then
    return v_outcome;
  end if;
  select r.* into v_record
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = request_correction.record_id;

  v_code := case
    when v_record.subject_id is distinct from v_actor.user_id and not identity.holds('correction.request', v_record.unit_id) then 'SA104'
    when exists (
      select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = request_correction.key
    ) then 'SA102'
    when core.bound_tenant('capture_write') is null then 'SA107'
    when v_record.state = 'voided' then 'SA101'
    -- A held record is not voided by consent, but by a flag that is upheld.
    when request_correction.effect = 'void' and not exists (
      select from core.transition as t
      where t.machine = 'attendance_record' and t.from_state = v_record.state and t.to_state = 'voided' and t.via in ('correction', 'void')
    ) then 'SA101'
    when request_correction.base_revision <> v_record.revision then 'SA103'
    when request_correction.code is not null and not exists (
      select from attendance.code as c
      where c.tenant_id = v_actor.tenant_id
        and c.code = request_correction.code
        and c.valid_from <= v_record.accounted_at
        and c.valid_until > v_record.accounted_at
    ) then 'SA111'
    when attendance.correction_window_is_over(v_record) then 'SA119'
  end;
  if v_code is null then
    v_wanted := v_record;
    if request_correction.effect = 'revert' then
      select e.code, e.in_at, e.out_at into v_wanted.code, v_wanted.in_at, v_wanted.out_at
      from attendance.event as e
      where e.tenant_id = v_actor.tenant_id
        and e.record_id = v_record.id
        and e.revision = request_correction.reverts_to
        and e.revision < v_record.revision;
      if not found then
        perform core.fail(
          'SA011', 'revision ' || coalesce(request_correction.reverts_to::text, 'null'),
          'a revision from 1 to ' || v_record.revision - 1 || ' of this record'
        );
      end if;
    else
      v_wanted.code := case when 'code' <> all (request_correction.clears) then coalesce(request_correction.code, v_record.code) end;
      v_wanted.in_at := case when 'in_at' <> all (request_correction.clears) then coalesce(request_correction.in_at, v_record.in_at) end;
      v_wanted.out_at := case when 'out_at' <> all (request_correction.clears) then coalesce(request_correction.out_at, v_record.out_at) end;
      if v_wanted.out_at < v_wanted.in_at or request_correction.effect = 'change' and v_wanted.in_at is null and v_wanted.out_at is not null
      then
        perform core.fail(
          'SA010', format('in_at %s, out_at %s', attendance.utc(v_wanted.in_at), attendance.utc(v_wanted.out_at)),
          'nobody leaves before coming'
        );
      end if;
    end if;
    if request_correction.effect <> 'void' and v_wanted is not distinct from v_record then
      perform core.fail('SA010', 'the values that the record has', 'at least one other value');
    end if;
    v_request := attendance.submit_correction(
      v_record, request_correction.type, request_correction.effect = 'void', request_correction.code, request_correction.in_at,
      request_correction.out_at, request_correction.reason, v_actor.user_id, request_correction.clears, request_correction.reverts_to
    );
    if v_request.id is null then
      v_code := 'SA118';
    end if;
  end if;
  if v_code is not null then
    return core.finish(
      ledger.refuse(
        request_correction.command, request_correction.key, v_payload,
        core.refused(
          v_code,
          case
            when v_code <> 'SA104' -- who may not read it learns nothing of it
            then jsonb_build_object('observed', v_record.state || ', revision ' || v_record.revision, 'expected', request_correction.effect)
          end
        )
      ),
      request_correction.key
    );
  end if;
  return core.finish(
    core.accepted(
      v_request.id, v_request.base_revision,
      jsonb_build_object('record_id', v_record.id, 'state', v_request.state, 'expires_at', attendance.utc(v_request.expires_at))
    ),
    request_correction.key
  );
end $$;
comment on function attendance.request_correction(
  text, uuid, uuid, text, text, integer, text, timestamptz, timestamptz, text[], text, integer
) is
  'What api.correction_submit and api.correction_revert do: judges who asks, when and for what, and submits the request. Errors SA010 to SA013; refusals SA101 to SA104, SA107, SA111, SA118, SA119.';

commit;
