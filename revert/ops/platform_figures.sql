-- Revert smartattend:ops/platform_figures from pg
begin;
set local role smartattend_owner;

drop function ops.judge_tile(text, numeric, jsonb, timestamptz);
drop function ops.platform_figures(timestamptz);
drop function ops.by_severity(jsonb);
drop function ops.figures(timestamptz);

commit;
