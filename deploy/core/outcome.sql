-- Deploy smartattend:core/outcome to pg
begin;
set local role smartattend_owner;

create type core.outcome as (
  status text,
  code text,
  message text,
  id uuid,
  revision integer,
  detail jsonb
);
comment on type core.outcome is
  'What every command answers: status accepted, replayed (this key was done before; all else equals the first answer) or refused (code and message say why; the refusal is kept).';

create type core.batch_outcome as (
  ordinal integer,
  key text,
  status text,
  code text,
  message text,
  id uuid,
  revision integer,
  detail jsonb
);
comment on type core.batch_outcome is
  'The outcome of one entry of a batch: its position from 1 (0 is the whole), its key, and the columns of core.outcome. A bad entry is a row here, never an exception.';

create function core.accepted(id uuid default null, revision integer default null, detail jsonb default null)
returns core.outcome
language sql
immutable
as $$ select ('accepted', null, null, accepted.id, accepted.revision, accepted.detail)::core.outcome $$;
comment on function core.accepted(uuid, integer, jsonb) is 'The outcome of a command that was done.';

create function core.replayed(id uuid default null, revision integer default null, detail jsonb default null)
returns core.outcome
language sql
immutable
as $$ select ('replayed', null, null, replayed.id, replayed.revision, replayed.detail)::core.outcome $$;
comment on function core.replayed(uuid, integer, jsonb) is 'The outcome of a command that had been done before: equal to the first one except for its status.';

create function core.refused(code text, detail jsonb default null)
returns core.outcome
language sql
stable
as $$
  select ('refused', e.code, e.meaning, null, null, refused.detail)::core.outcome
  from core.error_code as e
  where e.code = refused.code
$$;
comment on function core.refused(text, jsonb) is
  'The outcome of a command that policy does not allow; the message is the registry''s. Pass it through ledger.refuse, which keeps it.';

create function core.fail(code text, observed text, expected text, hint text default null)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_error core.error_code;
begin
  select e.* into v_error from core.error_code as e where e.code = fail.code;
  raise exception using
    errcode = fail.code,
    message = coalesce(v_error.meaning, 'unregistered error'),
    detail = jsonb_build_object('observed', left(fail.observed, 200), 'expected', fail.expected)::text,
    hint = coalesce(fail.hint, v_error.action, 'Report this: the code is missing in core.error_code.');
end $$;
comment on function core.fail(text, text, text, text) is
  'Raises an error of the registry: SQLSTATE is the code, message its meaning, detail a JSON object {observed, expected}, hint its action. Observed text is cut at 200 characters.';

create function core.caught(code text, detail text)
returns core.outcome
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_outcome core.outcome;
begin
  if exists (select from core.error_code as e where e.code = caught.code and e.kind = 'refusal') then
    v_outcome := core.refused(caught.code, nullif(caught.detail, '')::jsonb);
    return v_outcome;
  end if;
  perform core.fail(
    caught.code,
    coalesce(nullif(caught.detail, '')::jsonb ->> 'observed', ''),
    coalesce(nullif(caught.detail, '')::jsonb ->> 'expected', '')
  );
  return null;
end $$;
comment on function core.caught(text, text) is
  'What a procedure makes of an exception of class SA that inner code raised: a refusal becomes an outcome, an error is raised again.';

commit;
