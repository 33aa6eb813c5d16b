-- Revert smartattend:incident/clocks from pg
begin;
set local role smartattend_owner;

drop function incident.judge_clocks(incident.incident, timestamptz, text[]);
drop function incident.has_lapsed(uuid, uuid, integer, timestamptz);
drop function incident.is_paused(uuid, uuid);
drop function incident.paused(uuid, uuid, timestamptz, timestamptz);
drop function incident.unattended_since(uuid, uuid);
drop function incident.began_at(uuid, uuid);

commit;
