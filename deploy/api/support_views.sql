-- Deploy smartattend:api/support_views to pg
begin;
set local role smartattend_owner;

create view api.support_access with (security_invoker = true) as
select
  a.id, a.kind, a.person, a.mfa_level, a.member_id, a.member_number, a.unit_id, a.reason, a.session_reason, a.ticket, a.begun_at,
  least(a.expires_at, e.ended_at) as until, e.because as ended_because,
  coalesce(r.verdict, case a.kind when 'break_glass' then 'unreviewed' end) as verdict,
  r.reviewed_for, r.reason as verdict_reason, r.recorded_at as reviewed_at
from identity.support_access as a
left join identity.support_end as e on e.tenant_id = a.tenant_id and e.access_id = a.id
left join identity.support_review as r on r.tenant_id = a.tenant_id and r.access_id = a.id;
comment on view api.support_access is
  'Who came into the tenant from the platform: person, as which member, why, by which ticket, until when (at the latest), and the verdict; broken glass is unreviewed until somebody gives one. With audit.read. Rows written under an access carry its id as their session.';
revoke all on api.support_access from public;
grant select on api.support_access to smartattend_app;

commit;
