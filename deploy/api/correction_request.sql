-- Deploy smartattend:api/correction_request to pg
begin;
set local role smartattend_owner;

create view api.correction_request with (security_invoker = true) as
select
  id, record_id, subject_id, unit_id, base_revision, type, effect, reverts_to, code, in_at, out_at, reason, requester_id, submitted_at,
  expires_at, decider_id, state, state_via, state_reason, made_revision
from attendance.correction_request;
comment on view api.correction_request is
  'Correction requests about oneself, by oneself, or in the scope of attendance.read: what was asked (code, in_at, out_at as they would be), on which revision, by whom, why, and what became of it. requester_id null is the system.';

create view api.correction_type with (security_invoker = true) as
select type, effect, meaning from attendance.correction_type;
comment on view api.correction_type is 'Why a record may be corrected, and what a correction of that type may do: change, void, revert.';

revoke all on api.correction_request, api.correction_type from public;
grant select on api.correction_request, api.correction_type to smartattend_app;

commit;
