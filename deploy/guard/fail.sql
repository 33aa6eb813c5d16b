-- Deploy smartattend:guard/fail to pg
begin;

create function guard.fail(code text, observed text, expected text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using
    errcode = fail.code,
    message = case fail.code
      when 'SA013' then 'a reason is required'
      when 'SA040' then 'this change was not announced to the guard'
      when 'SA041' then 'this would break what must always hold'
      when 'SA042' then 'only a superuser may do this'
      when 'SA043' then 'what enforces differs from what was last accepted'
      else 'undone'
    end,
    detail = jsonb_build_object('observed', left(fail.observed, 200), 'expected', fail.expected)::text,
    hint = case fail.code
      when 'SA013' then 'Give a reason of at least 10 characters that says why.'
      when 'SA040' then 'Begin the transaction with select guard.begin_change(''<name>''), as sqitch add writes it.'
      when 'SA041' then 'Mend what the detail names; select * from guard.verify() lists everything.'
      when 'SA042' then 'Connect as a superuser: event triggers need one.'
      when 'SA043' then 'Mend it, or accept it with a reason: smartattend guard accept.'
      else 'Nothing is to do.'
    end;
end $$;
comment on function guard.fail(text, text, text) is
  'Raises an error of the registry, as core.fail does, from texts of its own: the guard must not stand on what it guards. A test compares them with core.error_code. The code of the class itself undoes an attempt of guard.self_test, and never leaves it.';

commit;
