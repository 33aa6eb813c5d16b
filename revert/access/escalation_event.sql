-- Revert smartattend:access/escalation_event from pg
begin;
set local role smartattend_owner;

drop trigger separation_100_no_truncate on access.separation;
drop trigger role_rule_100_no_truncate on access.role_rule;
drop trigger role_rule_100_kept on access.role_rule;
drop trigger separation_900_note_weaker on access.separation;
drop trigger role_rule_900_note_weaker on access.role_rule;
delete from core.transition where machine = 'escalation_event';
delete from core.state where machine = 'escalation_event';
delete from core.machine where machine = 'escalation_event';
drop table access.alarm;
drop table access.escalation_event_transition;
drop table access.escalation_event;
drop function access.note_weaker_separation();
drop function access.note_weaker_rule();
drop function access.note(text, uuid, text, jsonb, uuid, uuid);
drop function access.raise_alarm();
drop function access.keep_escalation_event();

commit;
