-- Escalation steps whose time passed without a line in the log.
select e.number, e.severity, e.source, e.level, e.since, e.due_at, e.until
from api.incident_escalation_missed as e
order by e.due_at, e.number, e.level
