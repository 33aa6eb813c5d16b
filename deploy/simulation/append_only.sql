-- Deploy smartattend:simulation/append_only to pg
begin;
set local role smartattend_owner;

do $$
declare
  v_table text;
begin
  foreach v_table in array array['call', 'scenario', 'fault', 'check', 'issue'] loop
    execute format(
      'create trigger %1$s_100_append_only before update or delete on simulation.%1$I for each row execute function core.refuse_change()',
      v_table
    );
    execute format(
      'create trigger %1$s_100_no_truncate before truncate on simulation.%1$I for each statement execute function core.refuse_change()',
      v_table
    );
    execute format('alter table simulation.%1$I enable always trigger %1$s_100_append_only', v_table);
    execute format('alter table simulation.%1$I enable always trigger %1$s_100_no_truncate', v_table);
  end loop;
end $$;

commit;
