-- Deploy smartattend:attendance/code to pg
begin;
set local role smartattend_owner;

create table attendance.category (
  category text not null,
  is_absence boolean not null,
  is_excuse boolean not null,
  meaning text not null,
  constraint category_pkey primary key (category)
);
comment on table attendance.category is 'What a code says, the same for all tenants.';
insert into attendance.category (category, is_absence, is_excuse, meaning) values
  ('present', false, false, 'was there'),
  ('late', false, false, 'came late'),
  ('left_early', false, false, 'left before the end'),
  ('partial', false, false, 'was there for a part'),
  ('absent_excused', true, true, 'was not there, with an accepted reason'),
  ('absent_unexcused', true, false, 'was not there'),
  ('approved_elsewhere', false, true, 'was at an approved activity'),
  ('not_required', false, true, 'did not have to be there');

comment on column attendance.category.is_excuse is 'Whether a code of it may be prefilled by leave: the person need not come.';

create table attendance.code (
  tenant_id uuid not null,
  code text not null,
  name text not null,
  category text not null,
  presence_value numeric(3, 2) not null,
  in_denominator boolean not null default true,
  counts_tardy boolean not null default false,
  paid boolean not null default true,
  requires_reason boolean not null default false,
  permission text,
  edfi_category text,
  is_default boolean not null default false,
  valid_from timestamptz not null default '-infinity',
  valid_until timestamptz not null default 'infinity',
  constraint code_pkey primary key (tenant_id, code),
  constraint code_belongs_to_a_tenant foreign key (tenant_id) references tenancy.tenant (tenant_id),
  constraint code_has_a_category foreign key (category) references attendance.category (category),
  constraint code_names_a_permission foreign key (permission) references identity.permission (permission),
  constraint code_is_short check (code ~ '^[A-Z0-9][A-Z0-9_]{0,15}$'),
  constraint name_is_readable check (core.is_name(name)),
  constraint presence_value_is_a_part check (presence_value between 0 and 1),
  constraint it_ends_after_it_begins check (valid_until > valid_from)
);
comment on table attendance.code is 'Verdicts, per tenant. A code is closed by its end date, never deleted; changing one does not change what it meant before.';
comment on column attendance.code.permission is 'Who may use it: null, whoever may mark at all.';
comment on column attendance.code.edfi_category is 'Ed-Fi AttendanceEventCategoryDescriptor.';
comment on column attendance.code.is_default is 'The code that the system itself gives for the category.';
create unique index a_category_has_one_default on attendance.code (tenant_id, category) where is_default;

create function attendance.default_codes(tenant_id uuid)
returns void
language sql
volatile
as $$
  insert into attendance.code
    (tenant_id, code, name, category, presence_value, in_denominator, counts_tardy, paid, requires_reason, edfi_category, is_default)
  values
    (default_codes.tenant_id, 'P', 'Present', 'present', 1, true, false, true, false, 'In Attendance', true),
    (default_codes.tenant_id, 'L', 'Late', 'late', 1, true, true, true, false, 'Tardy', true),
    (default_codes.tenant_id, 'LE', 'Left early', 'left_early', 1, true, false, true, false, 'Early departure', true),
    (default_codes.tenant_id, 'PT', 'Partial', 'partial', 0.5, true, false, true, false, 'Partial', true),
    (default_codes.tenant_id, 'AE', 'Absent, excused', 'absent_excused', 0, true, false, false, false, 'Excused Absence', true),
    (default_codes.tenant_id, 'AU', 'Absent, unexcused', 'absent_unexcused', 0, true, false, false, false, 'Unexcused Absence', true),
    (default_codes.tenant_id, 'AP', 'Approved elsewhere', 'approved_elsewhere', 1, true, false, true, true, null, true),
    (default_codes.tenant_id, 'NR', 'Not required', 'not_required', 0, false, false, true, false, null, true)
$$;
comment on function attendance.default_codes(uuid) is 'The codes that a new tenant starts with, one default for each category.';

commit;
