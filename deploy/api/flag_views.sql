-- Deploy smartattend:api/flag_views to pg
begin;
set local role smartattend_owner;

create view api.flag with (security_invoker = true) as
select
  f.id, f.rule, r.name, f.severity, f.is_blocking, f.state, f.state_via, f.state_reason, f.raised_at, f.subject_id, f.unit_id,
  f.session_id, f.record_id, f.revision, f.event_key, f.about, f.about_kind, f.observed, f.expected
from integrity.flag as f
inner join integrity.rule as r on r.rule = f.rule;
comment on view api.flag is
  'The integrity flags in the scope of attendance.read, with their evidence. Nobody sees the flags about oneself: who knows what was noticed learns how not to be. What they did to a record stands in the record.';

create view api.flag_decision with (security_invoker = true) as
select t.object_id as flag_id, t.from_state, t.to_state, t.via, t.reason, t.actor_id, t.recorded_at
from integrity.flag_transition as t;
comment on view api.flag_decision is 'The history of the flags that one sees: raised, dismissed, upheld, cleared, by whom and why.';

create view api.integrity_rule with (security_invoker = true) as
select
  r.rule, r.name, r.severity, r.is_blocking, r.is_deterministic, r.meaning,
  coalesce(s.is_enabled, true) as is_enabled,
  coalesce(
    (
      select jsonb_object_agg(p.parameter, coalesce(s.parameters -> p.parameter, p.standard) order by p.parameter)
      from integrity.parameter as p
      where p.rule = r.rule
    ),
    '{}'
  ) as parameters
from integrity.rule as r
left join integrity.rule_setting as s on s.rule = r.rule;
comment on view api.integrity_rule is
  'The rules F01 to F32 with their parameters: as the tenant has tuned them for who holds attendance.flag for the whole tenant, the standard ones for everybody else.';

revoke all on api.flag, api.flag_decision, api.integrity_rule from public;
grant select on api.flag, api.flag_decision, api.integrity_rule to smartattend_app;

commit;
