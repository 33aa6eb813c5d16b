-- Revert smartattend:incident/raise from pg
begin;
set local role smartattend_owner;

drop function incident.raise(text, text, integer, text, jsonb);
drop function incident.open_new(text, text, integer, text, jsonb);
drop function incident.home(text, text, timestamptz);
drop function incident.count_occurrence(incident.incident, text, integer, text, jsonb);

commit;
