-- Deploy smartattend:core/read_entries to pg
begin;
set local role smartattend_owner;

create function core.fault(code text, field text, observed text, expected text)
returns jsonb
language sql
stable
as $$
  select pg_catalog.jsonb_build_object(
    'code', fault.code, 'field', fault.field, 'observed', pg_catalog.left(fault.observed, 200), 'expected', fault.expected
  )
$$;
comment on function core.fault(text, text, text, text) is
  'Why an entry is not taken: the registry''s code, and the field, what was observed (cut at 200 characters) and expected.';

create function core.read_entries(entry text, entries jsonb)
returns table (ordinal integer, key text, value jsonb, fault jsonb)
language plpgsql
stable
rows 100
set search_path = pg_catalog, pg_temp
as $$
declare
  v_names text[];
begin
  if jsonb_typeof(read_entries.entries) is distinct from 'array' then
    perform core.fail(
      'SA010', 'entries: ' || coalesce(jsonb_typeof(read_entries.entries), 'null'), 'entries: a JSON array of objects'
    );
  end if;
  select array_agg(f.field order by f.position) into v_names
  from core.entry_field as f
  where f.entry = read_entries.entry;
  if v_names is null then
    perform core.fail('SA010', 'entries of ' || read_entries.entry, 'an entry of core.entry_field');
  end if;

  return query
  select
    a.ordinal::integer,
    r.key,
    r.value,
    case
      when jsonb_typeof(a.entry) <> 'object' then
        core.fault('SA014', null, jsonb_typeof(a.entry) || ' ' || a.entry::text, 'an object')
      when a.entry - v_names <> '{}' then
        core.fault(
          'SA014', left((select min(k) from jsonb_object_keys(a.entry - v_names) as k), 64),
          'an unknown field', 'the fields ' || array_to_string(v_names, ', ')
        )
      else r.fault
    end
  from jsonb_array_elements(read_entries.entries) with ordinality as a (entry, ordinal)
  cross join lateral (
    select
      case
        when bool_and(v.value is not null) filter (where f.is_key)
        then string_agg(v.value #>> '{}', '/' order by f.position) filter (where f.is_key)
      end as key,
      coalesce(jsonb_object_agg(f.field, v.value) filter (where v.value is not null), '{}') as value,
      (
        array_agg(
          core.fault(
            case when g.value is null then 'SA012' else 'SA010' end, f.field, coalesce(left(g.value::text, 200), 'null'),
            core.entry_value_expected(f.kind, f.words, f.lowest, f.highest)
          )
          order by f.position
        ) filter (where v.value is null and (f.is_required or g.value is not null))
      )[1] as fault
    from core.entry_field as f
    -- Each value is computed once, though it is used several times: offset 0 keeps the subqueries apart.
    cross join lateral (
      select case when jsonb_typeof(a.entry) = 'object' then nullif(a.entry -> f.field, 'null') end as value
      offset 0
    ) as g
    cross join lateral (
      select core.entry_value(f.kind, f.words, f.lowest, f.highest, g.value) as value
      offset 0
    ) as v
    where f.entry = read_entries.entry
  ) as r;
end $$;
comment on function core.read_entries(text, jsonb) is
  'The entries of a batch, read by core.entry_field: position from 1, natural key (its fields joined by /, null if one is bad), value (canonical; null and unknown fields left out, so that every cast is safe) and fault (null if the entry is well formed; SA010 bad value, SA012 missing value, SA014 not an object or unknown field). Raises SA010 if the whole is not a JSON array. Expected rows are declared, since an estimate over jsonb is one row and makes joins quadratic; callers look rows up one by one (lateral … limit 1), which stays linear whatever the statistics say.';

create function core.put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean)
returns text
language sql
immutable
as $$
  select case
    when put_change.fault is not null then 'faulty'
    when put_change.turn > 1 and put_change.agrees then 'repeated'
    when put_change.turn > 1 then 'contradicted'
    when not put_change.is_present then 'created'
    when put_change.is_same then 'same'
    else 'changed'
  end
$$;
comment on function core.put_change(jsonb, bigint, boolean, boolean, boolean) is
  'What becomes of an entry: faulty; repeated or contradicted (a later entry with the natural key of an earlier good one, of which it is turn 2 and on); created, same or changed against the present row.';

create function core.put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid)
returns core.batch_outcome
language sql
stable
as $$
  select case put_outcome.change
    when 'faulty' then (
      select (
        put_outcome.ordinal, put_outcome.key, 'refused', e.code, e.meaning, null, null, put_outcome.fault - 'code'
      )::core.batch_outcome
      from core.error_code as e
      where e.code = put_outcome.fault ->> 'code'
    )
    when 'contradicted' then (
      select (
        put_outcome.ordinal, put_outcome.key, 'refused', e.code, e.meaning, null, null,
        core.fault(null, null, 'another content', 'the content of the earlier entry with this key') - 'code' - 'field'
      )::core.batch_outcome
      from core.error_code as e
      where e.code = 'SA112'
    )
    when 'created' then (
      put_outcome.ordinal, put_outcome.key, 'accepted', null, null, put_outcome.id, null, '{"change": "created"}'::jsonb
    )::core.batch_outcome
    when 'changed' then (
      put_outcome.ordinal, put_outcome.key, 'accepted', null, null, put_outcome.id, null, '{"change": "changed"}'::jsonb
    )::core.batch_outcome
    else (
      put_outcome.ordinal, put_outcome.key, 'replayed', null, null, put_outcome.id, null, null
    )::core.batch_outcome
  end
$$;
comment on function core.put_outcome(integer, text, text, jsonb, uuid) is
  'The outcome of an entry by what became of it (core.put_change): accepted with detail {"change": "created" or "changed"}, replayed, or refused with the fault''s code and detail.';

commit;
