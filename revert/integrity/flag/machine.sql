-- Revert smartattend:integrity/flag/machine from pg
begin;
set local role smartattend_owner;

drop trigger flag_800_judge_transition on integrity.flag;
delete from core.transition where machine = 'flag';
delete from core.state where machine = 'flag';
delete from core.machine where machine = 'flag';

commit;
