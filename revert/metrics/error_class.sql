-- Revert smartattend:metrics/error_class from pg
begin;
set local role smartattend_owner;

drop function metrics.error_class_of(text);
drop table metrics.burn_rule;
drop table metrics.objective;
drop table metrics.error_class;

commit;
