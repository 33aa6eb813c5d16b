-- Deploy smartattend:core/error_code to pg
begin;
set local role smartattend_owner;

create table core.error_code (
  code text not null,
  name text not null,
  kind text not null,
  retry boolean not null default false,
  meaning text not null,
  action text not null,
  constraint error_code_pkey primary key (code),
  constraint name_is_unique unique (name),
  constraint code_is_of_class_sa check (code ~ '^SA[0-9]{3}$' and code <> 'SA000'),
  constraint name_is_snake_case check (name ~ '^[a-z][a-z0-9_]+$'),
  constraint kind_is_refusal_or_error check (kind in ('refusal', 'error'))
);
comment on table core.error_code is
  'Every code that SmartAttend raises or returns. An error is raised with the code as its SQLSTATE; a refusal is returned in core.outcome and kept in ledger.refusal. The README''s table is generated from here.';
comment on column core.error_code.retry is 'Whether the same call with the same key may succeed later without a change by the caller.';

insert into core.error_code (code, name, kind, retry, meaning, action) values
  ('SA001', 'no_session', 'error', false, 'no login token was given', 'Pass token => …, or set smartattend.token in the transaction.'),
  ('SA002', 'session_unknown', 'error', false, 'the login token is not known', 'Log in again; a token has the form sa_<tenant>_<secret>.'),
  ('SA003', 'session_expired', 'error', false, 'the login session has expired', 'Log in again.'),
  ('SA004', 'session_revoked', 'error', false, 'the login session was revoked', 'Log in again, if you still may.'),
  ('SA005', 'tenant_closed', 'error', true, 'the tenant''s state does not allow this login', 'Ask the platform operator for the tenant''s state.'),
  ('SA006', 'wrong_isolation', 'error', true, 'commands run at READ COMMITTED only', 'Begin the transaction with isolation level read committed.'),
  ('SA010', 'malformed_value', 'error', false, 'a value is malformed or out of range', 'Send the value that the detail expects.'),
  ('SA011', 'unknown_id', 'error', false, 'no such object in this tenant', 'Check the identifier; objects of other tenants are never found.'),
  ('SA012', 'missing_value', 'error', false, 'a required value is missing', 'Send the value that the detail names.'),
  ('SA013', 'missing_reason', 'error', false, 'a reason is required', 'Give a reason of at least 10 characters that says why.'),
  ('SA014', 'malformed_entry', 'error', false, 'an entry of the batch is malformed', 'Mend the entry that the detail names; the others were handled.'),
  ('SA020', 'append_only', 'error', false, 'rows of this table are never changed or deleted', 'Append a new row; history stays.'),
  ('SA021', 'kept_for_ever', 'error', false, 'rows of this table are never deleted', 'Close the row by its end date or its state.'),
  ('SA022', 'illegal_state', 'error', false, 'the row would enter a state by no legal transition', 'Use the procedures of schema api; smartattend machine show NAME draws the legal moves.'),
  ('SA030', 'other_epoch', 'error', false, 'this is not the database that the ledger''s epoch began in, or its transaction numbers went back', 'After a restore, a clone or a failover: smartattend ledger begin-epoch --reason …'),
  ('SA031', 'not_sealed', 'error', true, 'not every row is sealed yet', 'Seal first: smartattend ledger seal.'),
  ('SA032', 'damaged', 'error', false, 'rows differ from what was sealed', 'See what it is: smartattend ledger verify --full; then compare with a digest that was kept outside.'),
  ('SA040', 'not_announced', 'error', false, 'this change was not announced to the guard', 'Begin the transaction with select guard.begin_change(''<name>''), as sqitch add writes it.'),
  ('SA041', 'weakened', 'error', false, 'this would break what must always hold', 'Mend what the detail names; select * from guard.verify() lists everything.'),
  ('SA042', 'superuser_needed', 'error', false, 'only a superuser may do this', 'Connect as a superuser: event triggers need one.'),
  ('SA043', 'drifted', 'error', false, 'what enforces differs from what was last accepted', 'Mend it, or accept it with a reason: smartattend guard accept.'),
  ('SA101', 'illegal_transition', 'refusal', false, 'this transition is not legal from the current state', 'Read the current state and choose a legal transition.'),
  ('SA102', 'key_reused', 'refusal', false, 'the idempotency key was used before with another payload', 'Use a new key for a new command; repeat a command with its own payload.'),
  ('SA103', 'stale_revision', 'refusal', false, 'the record has changed since it was read', 'Read it again and decide anew.'),
  ('SA104', 'permission_denied', 'refusal', true, 'the session does not hold the permission in this scope', 'Ask an administrator for the role.'),
  ('SA105', 'same_actor', 'refusal', false, 'another person has to do this', 'Let somebody act who is not the subject and did not do the step before.'),
  ('SA106', 'system_only', 'refusal', false, 'only the system makes this transition', 'Wait for the maintenance job that makes it.'),
  ('SA107', 'tenant_not_writable', 'refusal', true, 'the tenant''s state does not allow this write, or the session is one of the platform''s support', 'Ask the platform operator for the tenant''s state; support does not write attendance.'),
  ('SA108', 'register_incomplete', 'refusal', false, 'marks are missing for people on the roll', 'Mark everybody, or give default_code explicitly.'),
  ('SA109', 'register_not_open', 'refusal', false, 'the register is not open', 'Open it, or reopen it with a reason.'),
  ('SA110', 'checklist_incomplete', 'refusal', true, 'something that this move requires is missing', 'The detail lists what: before activating an administrator, a site and codes; before archiving a receipt of the export; before a purge the end of the retention and of every legal hold.'),
  ('SA111', 'code_not_allowed', 'refusal', false, 'this attendance code may not be used here', 'Choose a code of api.code that is open and that your role may use.'),
  ('SA112', 'already_recorded', 'refusal', false, 'another value is already recorded under this natural key', 'Correct the existing record instead of adding a second one.'),
  ('SA113', 'overlapping', 'refusal', false, 'the range overlaps one that exists', 'End the earlier range first.'),
  ('SA114', 'second_approver_needed', 'refusal', true, 'more people of the platform have to approve', 'The detail says how many have: smartattend tenant approve, each by another person within 72 hours.'),
  ('SA116', 'sandbox_only', 'refusal', false, 'only a tenant marked as a sandbox may be hurt by a simulation', 'Name a sandbox tenant, or make one: smartattend tenant create --sandbox.'),
  ('SA117', 'period_closed', 'refusal', true, 'the period that this belongs to is closing or closed', 'Request a correction, which becomes an adjustment of the open period, or let the period be reopened.'),
  ('SA118', 'request_open', 'refusal', true, 'an open correction request exists for this record', 'Wait for its decision, or let it be withdrawn.'),
  ('SA119', 'window_over', 'refusal', false, 'the window in which this role may ask for corrections is over', 'Ask somebody whose window is longer: a manager, then the personnel office.'),
  ('SA120', 'flags_open', 'refusal', true, 'blocking integrity flags of the record are not dismissed', 'Decide the flags first: api.flag_decide.'),
  ('SA121', 'no_flag_upheld', 'refusal', true, 'no integrity flag of the record is upheld', 'Uphold a flag first: api.flag_decide.'),
  ('SA122', 'writers_in_flight', 'refusal', true, 'transactions that began before the period was closing have not ended', 'Repeat the command when they have; the detail names their processes.'),
  ('SA130', 'last_superadmin', 'refusal', true, 'no superadmin without an end would be left', 'Grant the role to another person without an end first.'),
  ('SA140', 'approval_needed', 'refusal', false, 'this role is not granted directly', 'Request it, and let others approve: api.role_request, api.role_decide.'),
  ('SA141', 'separation_of_duty', 'refusal', false, 'the person holds a role that excludes this one', 'Revoke the other role first, or choose another person.'),
  ('SA142', 'too_many_holders', 'refusal', true, 'as many people hold this role as its rule allows', 'Revoke a grant that is no longer needed.'),
  ('SA143', 'prerequisite_missing', 'refusal', true, 'the person does not hold the role that this one presupposes', 'Let the person have the other role first.'),
  ('SA144', 'cooling_down', 'refusal', true, 'the person held this role until just now', 'Wait until the cool-down of the rule is over.'),
  ('SA145', 'last_administrator', 'refusal', true, 'the tenant would be left without an administrator', 'Make another administrator of the whole tenant first.'),
  ('SA146', 'rule_forbids', 'refusal', false, 'the rule of this role does not allow this', 'Read the rule: api.role_rule.'),
  ('SA147', 'beyond_own_permissions', 'refusal', false, 'the role holds permissions that whoever grants it does not hold', 'Let somebody grant it who holds all of them in this scope.');

commit;
