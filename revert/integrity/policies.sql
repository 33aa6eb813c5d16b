-- Revert smartattend:integrity/policies from pg
begin;
set local role smartattend_owner;

drop policy a_session_reads_those_of_its_flags on integrity.flag_transition;
drop policy owner_appends_to_the_bound_tenant on integrity.flag_transition;
drop policy owner_reads_the_bound_tenant on integrity.flag_transition;
alter table integrity.flag_transition no force row level security;
alter table integrity.flag_transition disable row level security;
drop policy a_session_reads_its_scope_but_not_itself on integrity.flag;
drop policy owner_moves_the_bound_tenant on integrity.flag;
drop policy owner_appends_to_the_bound_tenant on integrity.flag;
drop policy owner_reads_the_bound_tenant on integrity.flag;
alter table integrity.flag no force row level security;
alter table integrity.flag disable row level security;
drop policy a_session_reads_what_it_decides_by on integrity.rule_setting;
drop policy owner_changes_the_bound_tenant on integrity.rule_setting;
drop policy owner_adds_to_the_bound_tenant on integrity.rule_setting;
drop policy owner_reads_the_bound_tenant on integrity.rule_setting;
alter table integrity.rule_setting no force row level security;
alter table integrity.rule_setting disable row level security;

commit;
