-- Deploy smartattend:incident/schema to pg
begin;
set local role smartattend_owner;

create schema incident;
comment on schema incident is
  'What went wrong, who has it, and how it was put right (NIST SP 800-61): incidents with their occurrences, pages, escalation and clocks. Rooms before it append facts; jobs make incidents of them by incident.raise.';

commit;
