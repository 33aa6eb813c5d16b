-- Deploy smartattend:tenancy/kept to pg
begin;
set local role smartattend_owner;

-- Rows that history points to are closed, never deleted; that also spares their referencing tables an index for deletes.
do $$
declare
  v_table text;
begin
  foreach v_table in array array['tenant', 'site', 'unit'] loop
    execute format(
      'create trigger %1$s_100_kept before delete on tenancy.%1$I for each row execute function core.refuse_change(%2$s)',
      v_table, case v_table when 'tenant' then '''outlives'', ''kept''' else '''kept''' end
    );
    execute format(
      'create trigger %1$s_100_no_truncate before truncate on tenancy.%1$I for each statement execute function core.refuse_change(''kept'')',
      v_table
    );
    execute format('alter table tenancy.%1$I enable always trigger %1$s_100_kept', v_table);
    execute format('alter table tenancy.%1$I enable always trigger %1$s_100_no_truncate', v_table);
  end loop;
end $$;

create trigger tenant_transition_100_append_only
before update or delete on tenancy.tenant_transition
for each row execute function core.refuse_change('outlives');
create trigger tenant_transition_100_no_truncate
before truncate on tenancy.tenant_transition
for each statement execute function core.refuse_change('outlives');
alter table tenancy.tenant_transition enable always trigger tenant_transition_100_append_only;
alter table tenancy.tenant_transition enable always trigger tenant_transition_100_no_truncate;

commit;
