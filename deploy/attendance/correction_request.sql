-- Deploy smartattend:attendance/correction_request to pg
begin;
set local role smartattend_owner;

create table attendance.correction_type (
  type text not null,
  effect text not null,
  meaning text not null,
  constraint correction_type_pkey primary key (type, effect),
  constraint type_is_a_lower_case_word check (type ~ '^[a-z][a-z_]+$'),
  constraint effect_is_known check (effect in ('change', 'void', 'revert'))
);
comment on table attendance.correction_type is
  'Why a record is corrected, the same for all tenants, and what a correction of that type may do: change values, void the record, revert to an earlier revision.';
insert into attendance.correction_type (type, effect, meaning)
select t.type, e.effect, t.meaning
from (
  values
    ('data_entry_error', '{change,void,revert}'::text[], 'somebody entered something wrong'),
    ('biometric_revalidation', '{change,void,revert}', 'a second look at the biometric evidence says otherwise'),
    ('system_override', '{change,void,revert}', 'the system decided wrongly or could not decide'),
    ('policy_exception', '{change,revert}', 'an exception from the rules was granted'),
    ('duplicate_entry_removal', '{void}', 'the same presence is recorded twice'),
    ('time_synchronization_fix', '{change,revert}', 'a clock was wrong'),
    ('device_malfunction', '{change,void,revert}', 'a device did not do what it should'),
    ('appeal_approved', '{change,void,revert}', 'an appeal was granted')
) as t (type, effects, meaning)
cross join lateral unnest(t.effects) as e (effect);

create table attendance.correction_request (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  record_id uuid not null,
  subject_id uuid not null,
  unit_id uuid,
  base_revision integer not null,
  type text not null,
  effect text not null default 'change',
  reverts_to integer,
  code text,
  in_at timestamptz,
  out_at timestamptz,
  reason text not null,
  requester_id uuid,
  captured_by uuid,
  submitted_at timestamptz not null default core.clock(),
  expires_at timestamptz not null,
  decider_id uuid,
  state text not null default 'submitted',
  state_via text not null default 'submit',
  state_reason text,
  made_revision integer generated always as (case when state = 'applied' then base_revision + 1 end) stored,
  constraint correction_request_pkey primary key (tenant_id, id),
  constraint it_is_about_a_record foreign key (tenant_id, record_id) references attendance.record (tenant_id, id),
  constraint it_is_based_on_a_revision foreign key (tenant_id, record_id, base_revision)
  references attendance.event (tenant_id, record_id, revision),
  constraint it_reverts_to_a_revision foreign key (tenant_id, record_id, reverts_to)
  references attendance.event (tenant_id, record_id, revision),
  constraint what_is_applied_is_a_revision foreign key (tenant_id, record_id, made_revision)
  references attendance.event (tenant_id, record_id, revision),
  constraint subject_is_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint requester_is_a_member foreign key (tenant_id, requester_id) references identity.membership (tenant_id, user_id),
  constraint capturer_is_a_member foreign key (tenant_id, captured_by) references identity.membership (tenant_id, user_id),
  constraint decider_is_a_member foreign key (tenant_id, decider_id) references identity.membership (tenant_id, user_id),
  constraint it_is_about_a_unit foreign key (tenant_id, unit_id) references tenancy.unit (tenant_id, id),
  constraint it_proposes_a_code foreign key (tenant_id, code) references attendance.code (tenant_id, code),
  constraint a_type_has_its_effects foreign key (type, effect) references attendance.correction_type (type, effect),
  constraint requester_is_not_the_decider check (decider_id <> requester_id),
  constraint capturer_is_not_the_decider check (decider_id <> captured_by),
  constraint subject_is_not_the_decider check (decider_id <> subject_id),
  constraint whoever_decides_is_named check ((state in ('submitted', 'withdrawn', 'expired')) = (decider_id is null)),
  constraint a_revert_names_an_earlier_revision check ((effect = 'revert') = (reverts_to is not null) and reverts_to < base_revision),
  constraint it_ends_after_it_begins check (out_at >= in_at),
  constraint who_leaves_has_come check (effect <> 'change' or out_at is null or in_at is not null),
  constraint reason_says_something check (core.is_reason(reason)),
  constraint it_expires_after_it_is_submitted check (expires_at > submitted_at)
);
comment on table attendance.correction_request is
  'Corrections that somebody asked for, with the values that the record would have, all of them: what of it is new is seen beside the base revision. Applied, it made the next revision; the original stays readable.';
comment on column attendance.correction_request.requester_id is 'Null: the system, for evidence that came after a period was locked.';
comment on column attendance.correction_request.captured_by is 'Who brought the evidence that the system asks for: it is not for them to decide.';
comment on column attendance.correction_request.type is 'The reason code; an event that it makes carries it.';
create unique index a_record_has_one_open_correction on attendance.correction_request (tenant_id, record_id)
where state in ('submitted', 'approved');
create index correction_request_record on attendance.correction_request (tenant_id, record_id, submitted_at);
create index correction_request_subject on attendance.correction_request (tenant_id, subject_id, submitted_at);
create index correction_request_expires on attendance.correction_request (tenant_id, expires_at) where state = 'submitted';

create trigger correction_request_100_kept
before delete on attendance.correction_request
for each row execute function core.refuse_change('kept');
create trigger correction_request_100_no_truncate
before truncate on attendance.correction_request
for each statement execute function core.refuse_change('kept');
alter table attendance.correction_request enable always trigger correction_request_100_kept;
alter table attendance.correction_request enable always trigger correction_request_100_no_truncate;

create table attendance.correction_request_transition (
  tenant_id uuid not null,
  object_id uuid not null,
  id uuid not null default core.uuid_v7(),
  from_state text,
  to_state text not null,
  via text not null,
  reason text,
  actor_id uuid default (core.actor()).user_id,
  session_id uuid default (core.actor()).session_id,
  database_user text not null default session_user,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint correction_request_transition_pkey primary key (tenant_id, id),
  constraint transition_belongs_to_a_request foreign key (tenant_id, object_id) references attendance.correction_request (tenant_id, id)
);
comment on table attendance.correction_request_transition is 'The history of correction requests, written by core.judge_transition.';
create index correction_request_transition_object on attendance.correction_request_transition (tenant_id, object_id);

create trigger correction_request_transition_100_append_only
before update or delete on attendance.correction_request_transition
for each row execute function core.refuse_change();
create trigger correction_request_transition_100_no_truncate
before truncate on attendance.correction_request_transition
for each statement execute function core.refuse_change();
alter table attendance.correction_request_transition enable always trigger correction_request_transition_100_append_only;
alter table attendance.correction_request_transition enable always trigger correction_request_transition_100_no_truncate;

create function attendance.keep_correction_request()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if (
    new.tenant_id, new.id, new.record_id, new.subject_id, new.unit_id, new.base_revision, new.type, new.effect, new.reverts_to, new.code,
    new.in_at, new.out_at, new.reason, new.requester_id, new.captured_by, new.submitted_at, new.expires_at
  ) is distinct from (
    old.tenant_id, old.id, old.record_id, old.subject_id, old.unit_id, old.base_revision, old.type, old.effect, old.reverts_to, old.code,
    old.in_at, old.out_at, old.reason, old.requester_id, old.captured_by, old.submitted_at, old.expires_at
  ) or new.decider_id is distinct from old.decider_id and old.decider_id is not null then
    perform core.fail('SA020', 'update of attendance.correction_request', 'a new state, and who decided; the request stays as it was made');
  end if;
  if old.state = 'submitted' and new.state in ('approved', 'rejected', 'expired') and (new.state = 'expired') <> (old.expires_at <= core.clock()) then
    perform core.fail('SA022', 'a request that expires at ' || old.expires_at || ' is ' || new.state, 'a decision in time, or its time over');
  end if;
  return new;
end $$;
comment on function attendance.keep_correction_request() is
  'What was asked for is what is decided: of a request only the state and, once, the decider are written, and in time. Errors SA020, SA022.';
create trigger correction_request_100_stays_as_it_was_made
before update on attendance.correction_request
for each row execute function attendance.keep_correction_request();
alter table attendance.correction_request enable always trigger correction_request_100_stays_as_it_was_made;

insert into core.machine (machine, title, relation)
values ('correction_request', 'Correction request', 'attendance.correction_request');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('correction_request', 'submitted', true, false, 'asked for, not yet decided'),
  ('correction_request', 'approved', false, false, 'another person agreed; applied in the same transaction'),
  ('correction_request', 'applied', false, true, 'the record has the next revision'),
  ('correction_request', 'conflicted', false, true, 'approved, but the record had moved on: nothing was changed'),
  ('correction_request', 'rejected', false, true, 'another person declined'),
  ('correction_request', 'withdrawn', false, true, 'the requester took it back'),
  ('correction_request', 'expired', false, true, 'nobody decided in time');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  (
    'correction_request', null, 'submitted', 'submit', null, false, '{}', false,
    'the subject, or correction.request in the record''s unit; in the window; no other open request for the record'
  ),
  (
    'correction_request', 'submitted', 'approved', 'approve', 'correction.decide', false, '{requester_id,captured_by,subject_id}', false,
    'while the period is closing period.manage, too'
  ),
  ('correction_request', 'submitted', 'rejected', 'reject', 'correction.decide', true, '{requester_id,captured_by,subject_id}', false, null),
  ('correction_request', 'submitted', 'withdrawn', 'withdraw', null, false, '{}', false, 'only the requester'),
  ('correction_request', 'submitted', 'expired', 'expire', null, false, '{}', false, 'nobody decided in time; not by itself, but whoever comes next finds it so'),
  ('correction_request', 'approved', 'applied', 'apply', null, false, '{requester_id,captured_by,subject_id}', false, 'the base revision is the current one'),
  ('correction_request', 'approved', 'conflicted', 'conflict', null, false, '{}', false, 'the base revision moved');

create trigger correction_request_800_judge_transition
after insert or update on attendance.correction_request
for each row execute function core.judge_transition('correction_request', 'id');
alter table attendance.correction_request enable always trigger correction_request_800_judge_transition;

create function attendance.judge_correction()
returns trigger
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select from attendance.correction_request as q
    where q.tenant_id = new.tenant_id
      and q.record_id = new.record_id
      and q.state = 'approved'
      and q.base_revision = new.base_revision
      and q.base_revision = new.revision - 1
      and q.decider_id = new.approver_id
      and q.requester_id is not distinct from new.requester_id
      and (q.effect = 'revert') = (new.kind = 'revert')
      and (q.effect = 'void') = (new.state = 'voided')
      and (q.code, q.in_at, q.out_at) is not distinct from (new.code, new.in_at, new.out_at)
  ) then
    perform core.fail('SA022', format('a %s of record %s', new.kind, new.record_id), 'an approved request of exactly these values');
  end if;
  return null;
end $$;
comment on function attendance.judge_correction() is
  'A correction says what another person approved, and nothing else: the backstop behind every way to write one. Error SA022.';
create trigger event_700_correction_is_approved
after insert on attendance.event
for each row
when (new.approver_id is not null) -- which every correction has by its check; a longer condition would be read anew in every check-in
execute function attendance.judge_correction();
alter table attendance.event enable always trigger event_700_correction_is_approved;

commit;
