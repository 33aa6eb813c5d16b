-- Deploy smartattend:corporate/roster to pg
begin;
set local role smartattend_owner;

create table corporate.roster (
  tenant_id uuid not null,
  template_id uuid not null,
  on_date date not null,
  subject_id uuid not null,
  created_at timestamptz not null default core.clock(),
  withdrawn_at timestamptz,
  constraint roster_pkey primary key (tenant_id, template_id, on_date, subject_id),
  constraint roster_is_for_a_shift foreign key (tenant_id, template_id) references corporate.shift_template (tenant_id, id),
  constraint roster_is_for_a_member foreign key (tenant_id, subject_id) references identity.membership (tenant_id, user_id),
  constraint date_is_finite check (isfinite(on_date))
);
comment on table corporate.roster is
  'Who works which shift on which date (the local date of the shift''s start). Somebody who is taken off is withdrawn, not deleted, and may be put back.';
create index roster_on_date on corporate.roster (tenant_id, on_date);
create index roster_subject on corporate.roster (tenant_id, subject_id);

commit;
