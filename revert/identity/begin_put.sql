-- Revert smartattend:identity/begin_put from pg
begin;
set local role smartattend_owner;

drop function identity.finish_put(text, core.batch_outcome[]);
drop function identity.scope_fault(text);
drop function identity.begin_put(text, text);

commit;
