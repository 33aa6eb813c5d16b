-- Deploy smartattend:access/role_request/machine to pg
begin;
set local role smartattend_owner;

insert into core.machine (machine, title, relation) values ('role_request', 'Role request', 'access.role_request');
insert into core.state (machine, state, is_initial, is_terminal, meaning) values
  ('role_request', 'requested', true, false, 'asked for, not yet decided'),
  ('role_request', 'approved', false, false, 'as many people agreed as the rule asks for; not yet in effect'),
  ('role_request', 'active', false, false, 'there is a grant'),
  ('role_request', 'expired', false, true, 'the grant''s time is over'),
  ('role_request', 'revoked', false, true, 'the grant was taken away'),
  ('role_request', 'denied', false, true, 'somebody declined: one denial ends it'),
  ('role_request', 'withdrawn', false, true, 'whoever asked took it back'),
  ('role_request', 'lapsed', false, true, 'not in effect in time');
insert into core.transition
  (machine, from_state, to_state, via, permission, requires_reason, distinct_actors, system_only, guard)
values
  ('role_request', null, 'requested', 'request', null, false, '{}', false, 'the role''s rule: who may ask, for how long, with reason and ticket'),
  (
    'role_request', 'requested', 'approved', 'approve', 'role.grant', false, '{requested_by,beneficiary_id}', false,
    'the last of as many approvals as the rule asks for; every permission of the role held; separation of duty, cardinality, prerequisite, cool-down'
  ),
  ('role_request', 'requested', 'approved', 'waive', null, false, '{}', false, 'no approval is needed: granted directly, break-glass, bootstrap'),
  ('role_request', 'requested', 'denied', 'deny', 'role.grant', true, '{requested_by,beneficiary_id}', false, null),
  ('role_request', 'requested', 'withdrawn', 'withdraw', null, false, '{}', false, 'the requester or the beneficiary'),
  ('role_request', 'requested', 'lapsed', 'lapse', null, false, '{}', true, 'its time is over'),
  ('role_request', 'approved', 'active', 'activate', null, false, '{}', false, 'everything of the approval checked again'),
  ('role_request', 'approved', 'withdrawn', 'withdraw', null, false, '{}', false, 'the requester or the beneficiary'),
  ('role_request', 'approved', 'lapsed', 'lapse', null, false, '{}', true, 'its time is over'),
  ('role_request', 'active', 'expired', 'expire', null, false, '{}', true, 'the grant''s end has passed'),
  ('role_request', 'active', 'revoked', 'revoke', 'role.grant', true, '{}', false, 'not the last administrator; one''s own needs no permission');

create trigger role_request_800_judge_transition
after insert or update on access.role_request
for each row execute function core.judge_transition('role_request', 'id');
alter table access.role_request enable always trigger role_request_800_judge_transition;

commit;
