-- How fast the error budgets of the session's tenant burn.
select b.objective, b.factor, b.severity, b.long_burn, b.short_burn, b.is_burning
from api.slo_burn as b
