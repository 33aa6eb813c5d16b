-- Revert smartattend:corporate/policies from pg
begin;
set local role smartattend_owner;

drop policy owner_adds_to_the_bound_tenant on corporate.roster;
drop policy owner_reads_the_bound_tenant on corporate.roster;
alter table corporate.roster no force row level security;
alter table corporate.roster disable row level security;
drop policy owner_changes_the_bound_tenant on corporate.shift_template;
drop policy owner_adds_to_the_bound_tenant on corporate.shift_template;
drop policy owner_reads_the_bound_tenant on corporate.shift_template;
alter table corporate.shift_template no force row level security;
alter table corporate.shift_template disable row level security;

commit;
