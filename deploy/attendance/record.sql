-- Deploy smartattend:attendance/record to pg
begin;
set local role smartattend_owner;

create table attendance.record (
  tenant_id uuid not null,
  id uuid not null default core.uuid_v7(),
  subject_id uuid not null,
  session_id uuid,
  unit_id uuid,
  business_date date not null,
  accounted_at timestamptz not null,
  state attendance.record_state not null,
  state_via text not null,
  state_reason text,
  code text,
  revision integer not null,
  is_open boolean not null default false,
  in_at timestamptz,
  out_at timestamptz,
  replaces_id uuid,
  constraint record_pkey primary key (tenant_id, id),
  constraint every_revision_is_an_event foreign key (tenant_id, id, revision) references attendance.event (tenant_id, record_id, revision),
  constraint it_replaces_a_record foreign key (tenant_id, replaces_id) references attendance.record (tenant_id, id),
  constraint an_open_record_waits_for_its_out check (not is_open or (in_at is not null and out_at is null)),
  constraint it_ends_after_it_begins check (out_at >= in_at),
  constraint it_does_not_replace_itself check (replaces_id <> id),
  constraint presence_does_not_overlap exclude using gist (
    tenant_id with =, subject_id with =, tstzrange(in_at, out_at, '[)') with &&
  ) where (in_at < out_at and state in ('recorded', 'verified'))
);
comment on table attendance.record is
  'The current state and values for a person in a session: a cache of its events, and each revision has its event. Null session: unscheduled. The presence is [in_at, out_at): null until the check-out, and for day-level marks and absences; an expression, since a stored column costs every check-in.';
comment on column attendance.record.accounted_at is 'The instant that decides its period: the start of its session, otherwise the first arrival. Never changes.';
comment on column attendance.record.state is 'How far the verdict (code) is accepted: recorded, flagged (held), verified, voided.';
create unique index a_person_has_one_record_in_a_session on attendance.record (tenant_id, session_id, subject_id)
where state <> 'voided';
create unique index a_person_has_one_open_record on attendance.record (tenant_id, subject_id) where is_open;
create index record_subject_business_date on attendance.record (tenant_id, subject_id, business_date);

create trigger record_100_kept
before delete on attendance.record
for each row execute function core.refuse_change('kept');
create trigger record_100_no_truncate
before truncate on attendance.record
for each statement execute function core.refuse_change('kept');
alter table attendance.record enable always trigger record_100_kept;
alter table attendance.record enable always trigger record_100_no_truncate;

commit;
