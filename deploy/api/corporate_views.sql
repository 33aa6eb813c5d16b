-- Deploy smartattend:api/corporate_views to pg
begin;
set local role smartattend_owner;

-- Each runs with the rights and policies of who asks: own figures, or those of the scope of attendance.read.
create view api.worked_time with (security_invoker = true) as
select
  subject_id, business_date, iso_year, iso_week, records, held, unended, planned, worked, provisional, over_plan
from corporate.worked_time;
comment on view api.worked_time is
  'Work by person and business date (a night belongs to the date on which it starts): worked from verified records, provisional from recorded ones; null when a record lacks an end, which unended counts; held counts flagged ones. planned by the shifts, over_plan what is beyond. Of oneself, or of the scope of attendance.read. Ask by business_date.';

create view api.overtime with (security_invoker = true) as
select
  subject_id, iso_year, iso_week, week_starts_on, days, held, unended, planned, worked, provisional, over_plan, weekly_limit, over_limit,
  provisional_over_limit
from corporate.overtime;
comment on view api.overtime is
  'Work by person and ISO week: over_plan sums what exceeds each day''s plan, over_limit what exceeds the weekly limit; null when a record of the week lacks an end. Of oneself, or of the scope of attendance.read. Ask by week_starts_on, a Monday.';

create view api.rest with (security_invoker = true) as
select
  subject_id, business_date, record_id, previous_record_id, is_provisional, rested_from, rested_until, rest, is_break, rest_at_least, is_short
from corporate.rest;
comment on view api.rest is
  'Rest by person before each presence, since the one before it (up to eight days): is_short when it is less than the tenant''s rest_at_least. Of oneself, or of the scope of attendance.read. Ask by business_date.';

revoke all on api.worked_time, api.overtime, api.rest from public;
grant select on api.worked_time, api.overtime, api.rest to smartattend_app;

commit;
