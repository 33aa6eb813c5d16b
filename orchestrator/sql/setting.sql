-- Some settings of the session's tenant, as api.setting_put takes them.
select jsonb_object_agg(s.key, s.value) as settings
from api.setting as t
cross join lateral jsonb_each(to_jsonb(t)) as s
where s.key = any(%(names)s)
