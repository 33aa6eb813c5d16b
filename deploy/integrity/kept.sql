-- Deploy smartattend:integrity/kept to pg
begin;
set local role smartattend_owner;

create function integrity.guard_flag()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if (to_jsonb(new) - '{state,state_via,state_reason}'::text[]) <> (to_jsonb(old) - '{state,state_via,state_reason}'::text[]) then
    perform core.fail('SA020', 'another content of a flag', 'a decision: its state, by which transition and why');
  end if;
  return new;
end $$;
comment on function integrity.guard_flag() is 'The evidence of a flag never changes; a decision changes its state.';
create trigger flag_100_evidence_stays
before update on integrity.flag
for each row execute function integrity.guard_flag();
create trigger flag_100_kept
before delete on integrity.flag
for each row execute function core.refuse_change('kept');
create trigger flag_100_no_truncate
before truncate on integrity.flag
for each statement execute function core.refuse_change('kept');
create trigger flag_transition_100_append_only
before update or delete on integrity.flag_transition
for each row execute function core.refuse_change();
create trigger flag_transition_100_no_truncate
before truncate on integrity.flag_transition
for each statement execute function core.refuse_change();
alter table integrity.flag enable always trigger flag_100_evidence_stays;
alter table integrity.flag enable always trigger flag_100_kept;
alter table integrity.flag enable always trigger flag_100_no_truncate;
alter table integrity.flag_transition enable always trigger flag_transition_100_append_only;
alter table integrity.flag_transition enable always trigger flag_transition_100_no_truncate;

commit;
