-- Deploy smartattend:guard/self_test to pg
begin;

create function guard.is_armed()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select count(*) = 2
  from pg_event_trigger as e
  inner join pg_proc as p on p.oid = e.evtfoid
  where p.pronamespace = (select n.oid from pg_namespace as n where n.nspname = 'guard')
    and e.evtenabled = 'A'
    and e.evttags is null
    and (e.evtevent, p.proname) in (('ddl_command_end', 'judge_command'), ('sql_drop', 'judge_drop'))
$$;
comment on function guard.is_armed() is
  'Whether DDL on guarded schemas is refused unless it is announced. Unarmed, the guard detects only.';

create function guard.self_test()
returns table (attempt text, expected text, observed text, held boolean)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_armed boolean := guard.is_armed();
  v_judged boolean := v_armed or exists (select from guard.baseline);
  v_superuser boolean := (select r.rolsuper from pg_roles as r where r.rolname = current_user);
  v_results jsonb := '[]'::jsonb;
  v_try record;
  v_observed text;
  v_expected text;
begin
  perform set_config('lock_timeout', '2s', true);
  perform guard.log('self_test', 'begins'); -- a row to delete
  for v_try in
    select t.*
    from (
      values
        ('delete from an append-only table', true, 'delete from guard.system_log'),
        ('update an append-only table', true, 'update guard.system_log set subject = subject'),
        ('truncate an append-only table', true, 'truncate guard.system_log'),
        ('delete while triggers sleep', true, 'set local session_replication_role = replica; delete from guard.system_log'),
        ('disable a trigger', false, 'alter table guard.system_log disable trigger system_log_100_append_only'),
        ('drop a trigger', false, 'drop trigger system_log_100_no_truncate on guard.system_log'),
        ('drop a constraint', false, 'alter table guard.system_log drop constraint kind_is_known'),
        ('switch row level security', false, 'alter table guard.system_log enable row level security'),
        ('make a policy', false, 'create policy anybody_reads on guard.system_log for select to public using (true)'),
        ('grant a privilege', false, 'grant delete on guard.system_log to smartattend_app'),
        ('alter a function', false, 'alter function guard.is_announced() security definer'),
        ('make an object', false, 'create table guard.hole (id uuid)'),
        ('make what comes later executable', false, 'alter default privileges for role smartattend_owner grant execute on functions to public'),
        (
          'announce it, and break an invariant', false,
          'select guard.begin_change(''self-test''); alter table guard.system_log disable trigger system_log_100_append_only; set constraints all immediate'
        )
    ) as t (attempt, is_data, statement)
    where (t.is_data or v_judged)
      and (v_superuser or t.statement !~ 'session_replication_role|default privileges')
  loop
    v_expected := case when v_try.is_data or v_armed or v_try.statement ~ 'begin_change' then 'refused' else 'detected' end;
    begin
      execute v_try.statement;
      v_observed := case when exists (select from guard.verify()) and v_expected = 'detected' then 'detected' else 'done' end;
      perform guard.fail('SA000', v_try.attempt, 'nothing: the attempt is undone');
    exception
      when sqlstate 'SA020' or sqlstate 'SA040' or sqlstate 'SA041' then v_observed := 'refused';
      when others then
        -- Whatever else an attempt met is what was observed: it is reported, and is not what was expected.
        if sqlstate <> 'SA000' then
          v_observed := sqlstate || ' ' || sqlerrm;
        end if;
    end;
    attempt := v_try.attempt;
    expected := v_expected;
    observed := v_observed;
    held := v_observed = v_expected;
    v_results := v_results || jsonb_build_object('attempt', attempt, 'expected', expected, 'observed', observed, 'held', held);
    return next;
  end loop;
  perform guard.log(
    'self_test', case when v_results @> '[{"held": false}]' then 'failed' else 'held' end,
    jsonb_build_object('armed', v_armed, 'attempts', v_results)
  );
end $$;
comment on function guard.self_test() is
  'Tries what must be refused (detected, where the guard is not armed), each attempt in a subtransaction that is rolled back, and logs the result. Before there is a baseline, definitions are not judged. For the installer: it needs the rights of the owner of guard.';

commit;
