-- Deploy smartattend:guard/verify to pg
begin;

create function guard.verify()
returns table (problem text, kind text, object text, expected text, observed text, to_do text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select
    'invariant', b.kind, b.object, b.expected, b.observed,
    case b.kind
      when 'row level security' then format('alter table %s enable row level security, force row level security', b.object)
      when 'trigger' then format('alter table %s enable always trigger %s', split_part(b.object, ': ', 1), split_part(b.object, ': ', 2))
      when 'role' then format('alter role %s nosuperuser nobypassrls nologin nocreaterole nocreatedb noreplication', b.object)
      when 'default privilege' then format('alter default privileges for role %s revoke execute on functions from public', b.object)
      else 'bring back what is expected'
    end
  from guard.broken_invariant() as b
  union all
  select
    case when n.kind is null then 'missing' when b.kind is null then 'added' else 'changed' end,
    kind, object, b.detail, n.detail,
    case
      when kind = 'event trigger' then 'smartattend guard arm'
      when b.kind is null then 'drop or revoke it, or accept it: smartattend guard accept --reason …'
      else 'bring back what is expected, or accept it: smartattend guard accept --reason …'
    end
  from guard.baseline as b
  full join guard.inventory() as n using (kind, object)
  where b.detail is distinct from n.detail
    and exists (select from guard.baseline)
$$;
comment on function guard.verify() is
  'What is weaker, or other, than it should be: broken invariants, and every fact that is missing, changed or added against the baseline (nothing of these without one). After a restore it names what did not come back. No rows is good.';

commit;
