-- Refresh one report: no row where somebody else does so now.
select r.view as name, r.as_of, r.took, r.rows, r.failure
from report.refresh(%(report)s) as r
