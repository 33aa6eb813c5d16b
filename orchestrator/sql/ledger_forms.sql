-- The forms in which relations were sealed.
select f.relation, f.form, f.columns
from ledger.export_forms() as f
order by f.relation, f.form
