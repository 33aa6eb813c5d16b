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
insert into core.transition (machine, from_state, to_state, via, permission, requires_reason, guard, approvals) values
  ('tenant', null, 'provisioning', 'create', 'tenant.create', false, null, 0),
  ('tenant', 'provisioning', 'active', 'activate', 'tenant.operate', false, 'checklist: an administrator, a site with a zone, attendance codes', 0),
  ('tenant', 'provisioning', 'purged', 'discard', 'tenant.operate', true, 'no records', 0),
  ('tenant', 'active', 'restricted', 'restrict', 'tenant.operate', true, null, 0),
  ('tenant', 'restricted', 'active', 'unrestrict', 'tenant.operate', true, null, 0),
  ('tenant', 'active', 'suspended', 'suspend', 'tenant.operate', true, null, 0),
  ('tenant', 'restricted', 'suspended', 'suspend', 'tenant.operate', true, null, 0),
  ('tenant', 'suspended', 'active', 'reinstate', 'tenant.operate', true, 'two platform approvers', 2),
  ('tenant', 'suspended', 'restricted', 'reinstate', 'tenant.operate', true, 'two platform approvers', 2),
  ('tenant', 'active', 'offboarding', 'offboard', 'tenant.operate', true, null, 0),
  ('tenant', 'restricted', 'offboarding', 'offboard', 'tenant.operate', true, null, 0),
  ('tenant', 'suspended', 'offboarding', 'offboard', 'tenant.operate', true, null, 0),
  ('tenant', 'offboarding', 'active', 'return', 'tenant.operate', true, null, 0),
  ('tenant', 'offboarding', 'archived', 'archive', 'tenant.operate', true, 'export receipt, or the window is over', 0),
  ('tenant', 'archived', 'active', 'restore', 'tenant.operate', true, 'two platform approvers', 2),
  ('tenant', 'archived', 'purged', 'purge', 'tenant.operate', true, 'retention over, no legal hold, two platform approvers', 2);

create trigger tenant_800_judge_transition
after insert or update on tenancy.tenant
for each row execute function core.judge_transition('tenant', 'tenant_id');
alter table tenancy.tenant enable always trigger tenant_800_judge_transition;

commit;
