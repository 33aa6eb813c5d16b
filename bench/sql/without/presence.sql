-- The generated range and the exclusion of overlaps.
do $$
declare
  v_column name;
begin
  select a.attname into strict v_column
  from pg_attribute as a
  where a.attrelid = 'attendance.record'::regclass and a.attgenerated = 's' and not a.attisdropped;
  execute format('alter table attendance.record drop column %I', v_column); -- with the constraint on it
end $$;
