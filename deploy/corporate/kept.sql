-- Deploy smartattend:corporate/kept to pg
begin;
set local role smartattend_owner;

-- History points to these rows: they never vanish.
create trigger shift_template_100_kept
before delete on corporate.shift_template
for each row execute function core.refuse_change('kept');
create trigger shift_template_100_no_truncate
before truncate on corporate.shift_template
for each statement execute function core.refuse_change('kept');
alter table corporate.shift_template enable always trigger shift_template_100_kept;
alter table corporate.shift_template enable always trigger shift_template_100_no_truncate;

create trigger roster_100_kept
before delete on corporate.roster
for each row execute function core.refuse_change('kept');
create trigger roster_100_no_truncate
before truncate on corporate.roster
for each statement execute function core.refuse_change('kept');
alter table corporate.roster enable always trigger roster_100_kept;
alter table corporate.roster enable always trigger roster_100_no_truncate;

-- What was planned when a session was made is evidence for its hours.
create trigger shift_instance_100_append_only
before update or delete on corporate.shift_instance
for each row execute function core.refuse_change();
create trigger shift_instance_100_no_truncate
before truncate on corporate.shift_instance
for each statement execute function core.refuse_change();
alter table corporate.shift_instance enable always trigger shift_instance_100_append_only;
alter table corporate.shift_instance enable always trigger shift_instance_100_no_truncate;

create trigger away_100_append_only
before update or delete on corporate.away
for each row execute function core.refuse_change();
create trigger away_100_no_truncate
before truncate on corporate.away
for each statement execute function core.refuse_change();
alter table corporate.away enable always trigger away_100_append_only;
alter table corporate.away enable always trigger away_100_no_truncate;

commit;
