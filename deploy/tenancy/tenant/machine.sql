-- Deploy smartattend:tenancy/tenant/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('tenant', 'Tenant lifecycle', 'tenancy.tenant');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('tenant', 'provisioning', true, false, 'being set up; no attendance yet'),
  ('tenant', 'active', false, false, 'in use'),
  ('tenant', 'restricted', false, false, 'unpaid or over quota; still captures, because a billing state must not destroy evidence'),
  ('tenant', 'suspended', false, false, 'abuse or breach; nobody but the platform'),
  ('tenant', 'offboarding', false, false, 'export window; read only'),
  ('tenant', 'archived', false, false, 'kept for retention or legal hold'),
  ('tenant', 'purged', false, true, 'a tombstone');
insert into core.transition (machine, from_state, to_state, via, permission, requires_reason, guard) values
  ('tenant', null, 'provisioning', 'create', 'tenant.create', false, null),
  ('tenant', 'provisioning', 'active', 'activate', 'tenant.operate', false, 'checklist: an administrator, a site with a zone, attendance codes'),
  ('tenant', 'provisioning', 'purged', 'discard', 'tenant.operate', true, 'no records'),
  ('tenant', 'active', 'restricted', 'restrict', 'tenant.operate', true, null),
  ('tenant', 'restricted', 'active', 'unrestrict', 'tenant.operate', true, null),
  ('tenant', 'active', 'suspended', 'suspend', 'tenant.operate', true, null),
  ('tenant', 'restricted', 'suspended', 'suspend', 'tenant.operate', true, null),
  ('tenant', 'suspended', 'active', 'reinstate', 'tenant.operate', true, 'two platform approvers'),
  ('tenant', 'suspended', 'restricted', 'reinstate', 'tenant.operate', true, 'two platform approvers'),
  ('tenant', 'active', 'offboarding', 'offboard', 'tenant.operate', true, null),
  ('tenant', 'restricted', 'offboarding', 'offboard', 'tenant.operate', true, null),
  ('tenant', 'suspended', 'offboarding', 'offboard', 'tenant.operate', true, null),
  ('tenant', 'offboarding', 'active', 'return', 'tenant.operate', true, null),
  ('tenant', 'offboarding', 'archived', 'archive', 'tenant.operate', true, 'export receipt, or the window is over'),
  ('tenant', 'archived', 'active', 'restore', 'tenant.operate', true, 'two platform approvers'),
  ('tenant', 'archived', 'purged', 'purge', 'tenant.operate', true, 'retention over, no legal hold, two platform approvers');

create trigger tenant_800_judge_transition
after insert or update on tenancy.tenant
for each row execute function core.judge_transition('tenant', 'tenant_id');
alter table tenancy.tenant enable always trigger tenant_800_judge_transition;

commit;
