-- Deploy smartattend:integrity/rule_setting to pg
begin;
set local role smartattend_owner;

create table integrity.rule_setting (
  tenant_id uuid not null,
  rule text not null,
  is_enabled boolean not null default true,
  parameters jsonb not null default '{}',
  constraint rule_setting_pkey primary key (tenant_id, rule),
  constraint setting_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint setting_is_of_a_rule foreign key (rule) references integrity.rule (rule),
  constraint parameters_are_an_object check (jsonb_typeof(parameters) = 'object')
);
comment on table integrity.rule_setting is
  'What a tenant has tuned: a rule without a row is on, and a parameter that is not named has its standard value.';

create function integrity.are_words(value jsonb)
returns boolean
language sql
immutable
as $$
  select case
    when pg_catalog.jsonb_typeof(are_words.value) = 'array' then not exists (
      select from pg_catalog.jsonb_array_elements(are_words.value) as w (word)
      where pg_catalog.jsonb_typeof(w.word) <> 'string' or w.word #>> '{}' !~ '^[a-z][a-z0-9_]{0,39}$'
    )
    else false
  end
$$;
comment on function integrity.are_words(jsonb) is 'Whether it is an array of lower-case words.';

create function integrity.parameter_fault(rule text, parameters jsonb)
returns text
language sql
stable
as $$
  select min(
    case
      when p.parameter is null then pg_catalog.format('%s: not a parameter of %s', pg_catalog.left(g.name, 40), parameter_fault.rule)
      when p.kind = 'number' then pg_catalog.format('%s: a number from %s to %s', p.parameter, p.lowest, p.highest)
      when p.kind = 'words' then pg_catalog.format('%s: an array of words', p.parameter)
      else pg_catalog.format('%s: an object of arrays of words, by site code', p.parameter)
    end
  )
  from pg_catalog.jsonb_each(parameter_fault.parameters) as g (name, value)
  left join integrity.parameter as p on p.rule = parameter_fault.rule and p.parameter = g.name
  where case p.kind
    when 'number' then case
      when pg_catalog.jsonb_typeof(g.value) = 'number' then (g.value #>> '{}')::numeric not between p.lowest and p.highest
      else true
    end
    when 'words' then not integrity.are_words(g.value)
    when 'words_by_site' then case
      when pg_catalog.jsonb_typeof(g.value) = 'object' then exists (
        select from pg_catalog.jsonb_each(g.value) as s (site, words) where not integrity.are_words(s.words)
      )
      else true
    end
    else true
  end
$$;
comment on function integrity.parameter_fault(text, jsonb) is 'What a parameter that does not fit its rule should be, in words; null when all fit.';

create function integrity.check_rule_setting()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_fault text := integrity.parameter_fault(new.rule, new.parameters);
begin
  if v_fault is not null then
    perform core.fail('SA010', new.parameters::text, v_fault);
  end if;
  return new;
end $$;
comment on function integrity.check_rule_setting() is 'Parameters fit what integrity.parameter says of them.';
create trigger rule_setting_500_parameters_fit
before insert or update on integrity.rule_setting
for each row execute function integrity.check_rule_setting();

create function integrity.is_enabled(rule text)
returns boolean
language sql
stable
as $$
  select coalesce(
    (
      select s.is_enabled
      from integrity.rule_setting as s
      where s.tenant_id = (select core.bound_tenant()) and s.rule = is_enabled.rule
    ),
    true
  )
$$;
comment on function integrity.is_enabled(text) is 'Whether the bound tenant has the rule on.';

create function integrity.parameter_value(rule text, parameter text)
returns jsonb
language sql
stable
as $$
  select coalesce(
    (
      select s.parameters -> parameter_value.parameter
      from integrity.rule_setting as s
      where s.tenant_id = (select core.bound_tenant()) and s.rule = parameter_value.rule
    ),
    (
      select p.standard
      from integrity.parameter as p
      where p.rule = parameter_value.rule and p.parameter = parameter_value.parameter
    )
  )
$$;
comment on function integrity.parameter_value(text, text) is 'A parameter of the bound tenant, or its standard.';

create function integrity.number(rule text, parameter text)
returns double precision
language sql
stable
as $$ select (integrity.parameter_value(number.rule, number.parameter) #>> '{}')::double precision $$;
comment on function integrity.number(text, text) is
  'A number among the parameters of the bound tenant. Write (select integrity.number(…)), which is one evaluation a statement.';

create function integrity.rule_as_tuned(rule text)
returns jsonb
language sql
stable
as $$
  select pg_catalog.jsonb_build_object(
    'is_enabled', integrity.is_enabled(rule_as_tuned.rule),
    'parameters', coalesce(
      (
        select pg_catalog.jsonb_object_agg(p.parameter, integrity.parameter_value(p.rule, p.parameter))
        from integrity.parameter as p
        where p.rule = rule_as_tuned.rule
      ),
      '{}'
    )
  )
$$;
comment on function integrity.rule_as_tuned(text) is 'A rule as it is for the bound tenant: {is_enabled, parameters}.';

commit;
