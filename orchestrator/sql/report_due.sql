-- The reports that have to be refreshed now.
select d.view
from report.due() as d (view)
order by d.view
