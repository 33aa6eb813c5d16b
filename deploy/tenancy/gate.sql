-- Deploy smartattend:tenancy/gate to pg
begin;
set local role smartattend_owner;

create table tenancy.gate (
  state text not null,
  login text not null,
  capture_read boolean not null,
  capture_write boolean not null,
  administration_read boolean not null,
  administration_write boolean not null,
  ordinary_read boolean not null,
  ordinary_write boolean not null,
  machine text generated always as ('tenant') stored,
  opens text generated always as (
    case when capture_read then 'capture_read ' else '' end
    || case when capture_write then 'capture_write ' else '' end
    || case when administration_read then 'administration_read ' else '' end
    || case when administration_write then 'administration_write ' else '' end
    || case when ordinary_read then 'ordinary_read ' else '' end
    || case when ordinary_write then 'ordinary_write ' else '' end
  ) stored,
  constraint gate_pkey primary key (state),
  constraint state_is_a_tenant_state foreign key (machine, state) references core.state (machine, state),
  constraint login_is_known check (login in ('all', 'administrators', 'nobody'))
);
comment on table tenancy.gate is
  'What each tenant state lets through, for three classes of tables (capture, administration, ordinary; evidence is never gated) and two commands. Binding a session writes the column opens into the transaction, and the policies compare with it, so that no path can forget the gate.';

insert into tenancy.gate
  (state, login, capture_read, capture_write, administration_read, administration_write, ordinary_read, ordinary_write)
values
  ('provisioning', 'administrators', false, false, true, true, false, false),
  ('active', 'all', true, true, true, true, true, true),
  ('restricted', 'all', true, true, true, true, true, false),
  ('suspended', 'nobody', false, false, false, false, false, false),
  ('offboarding', 'administrators', true, false, true, true, true, false),
  ('archived', 'nobody', false, false, false, false, false, false),
  ('purged', 'nobody', false, false, false, false, false, false);

commit;
