-- Deploy smartattend:access/schema to pg
begin;
set local role smartattend_owner;

create schema access;
comment on schema access is
  'Who may get which role, who allowed it, for how long, and who noticed: rules, requests, approvals, revalidation and escalation events (ANSI INCITS 359). What a grant lets somebody do is identity''s.';

commit;
