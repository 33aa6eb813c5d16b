-- Revert smartattend:core/outcome from pg
begin;
set local role smartattend_owner;

drop function core.caught(text, text);
drop function core.fail(text, text, text, text);
drop function core.refused(text, jsonb);
drop function core.replayed(uuid, integer, jsonb);
drop function core.accepted(uuid, integer, jsonb);
drop type core.batch_outcome;
drop type core.outcome;

commit;
