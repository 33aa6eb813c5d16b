-- Revert smartattend:timing/sampling_refusal from pg
begin;
set local role smartattend_owner;

drop function timing.sampling_refusal(core.actor, uuid);

commit;
