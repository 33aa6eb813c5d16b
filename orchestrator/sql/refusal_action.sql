-- What to do about a code.
select e.action
from core.error_code as e
where e.code = %(code)s
