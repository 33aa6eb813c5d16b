-- Revert smartattend:corporate/policies from pg
begin;
set local role smartattend_owner;

drop policy a_session_reads_its_own_or_its_scope on corporate.away;
drop policy owner_appends_to_the_bound_tenant on corporate.away;
drop policy owner_reads_the_bound_tenant on corporate.away;
alter table corporate.away no force row level security;
alter table corporate.away disable row level security;
drop policy a_session_reads_its_tenant on corporate.shift_instance;
drop policy owner_adds_to_the_bound_tenant on corporate.shift_instance;
drop policy owner_reads_the_bound_tenant on corporate.shift_instance;
alter table corporate.shift_instance no force row level security;
alter table corporate.shift_instance disable row level security;
drop policy owner_changes_the_bound_tenant on corporate.roster;
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
