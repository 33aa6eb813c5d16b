-- Deploy smartattend:access/escalation_rule to pg
begin;
set local role smartattend_owner;

create table access.escalation_rule (
  rule text not null,
  title text not null,
  weight integer not null,
  is_refused boolean not null default false,
  severity integer not null default 2,
  meaning text not null,
  constraint escalation_rule_pkey primary key (rule),
  constraint rule_is_numbered check (rule ~ '^E[0-9]{2}$'),
  constraint weight_is_a_percentage check (weight between 1 and 100),
  constraint severity_is_1_to_4 check (severity between 1 and 4)
);
comment on table access.escalation_rule is
  'What is noticed when somebody gets more than they should (E01 to E20), and how much it weighs: open events of one person that weigh 70 or more together raise an alarm.';
comment on column access.escalation_rule.is_refused is 'The command is refused, too, and the refusal stays.';
comment on column access.escalation_rule.severity is 'Of the alarm.';
insert into access.escalation_rule (rule, title, weight, is_refused, severity, meaning) values
  ('E01', 'self-assignment', 40, true, 2, 'somebody tried to give a role to oneself'),
  ('E02', 'grant beyond own permissions', 50, true, 2, 'somebody tried to give or approve a role with permissions that they do not hold'),
  ('E03', 'out-of-band grant', 60, false, 2, 'a grant was made or changed around the procedures'),
  ('E04', 'approval by requester or beneficiary', 40, true, 2, 'somebody tried to approve what they asked for, or what is for them'),
  ('E05', 'separation-of-duty conflict', 40, true, 2, 'a role was asked for that the roles held already exclude'),
  ('E06', 'too many privileged holders', 20, false, 3, 'more people administer the tenant than its size explains'),
  ('E07', 'stale privileged', 20, false, 3, 'a privileged person has had no session for 30 days'),
  ('E08', 'expired grant used', 90, false, 2, 'a decision was made by a grant that was not live: must never happen'),
  ('E09', 'rapid cycle', 30, false, 3, 'a role was held for less than 15 minutes, or came into effect three times in a day'),
  ('E10', 'dormant account wakes into privilege', 40, false, 2, 'somebody without a session for 60 days got a privileged role'),
  ('E11', 'level jump', 20, false, 3, 'the new role is two steps or more above the highest that the person held; a role that it excludes is no step'),
  ('E12', 'cross-tenant or impersonated grant without ticket', 50, false, 2, 'a grant was made by somebody from outside the tenant, without a ticket: by hand, since no procedure does that'),
  ('E13', 'off-hours grant', 10, false, 4, 'a privileged role was granted at night or at the weekend, in the tenant''s time zone'),
  ('E14', 'new account gets privilege', 40, false, 2, 'an account of less than 24 hours got a privileged role'),
  ('E15', 'rule weakened', 50, false, 2, 'a rule asks for less than it did, or a separation of duty was taken away'),
  ('E16', 'guard tampering', 100, false, 1, 'what enforces the rules was changed around its guard, or what is sealed is not as it was sealed'),
  ('E17', 'superadmin session anomaly', 50, false, 2, 'a platform session is unlike the person''s others'),
  ('E18', 'revalidation overdue', 20, false, 3, 'nobody looked at a grant in time'),
  ('E19', 'mass grant', 40, false, 2, 'one person made more than 20 privileged grants within 10 minutes'),
  ('E20', 'last-administrator removal', 50, true, 2, 'somebody tried to remove the last administrator');

commit;
