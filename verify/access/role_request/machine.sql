-- Verify smartattend:access/role_request/machine on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert exists (select from core.transition where machine = 'role_request' and from_state is null), 'the moves of role_request';
  assert (select tgenabled from pg_catalog.pg_trigger where tgrelid = 'access.role_request'::regclass and tgname = 'role_request_800_judge_transition') = 'A', 'role_request_800_judge_transition';
end $$;

rollback;
