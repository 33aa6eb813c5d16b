-- Revert smartattend:guard/arm from pg
begin;

-- fails while the guard is armed: smartattend guard disarm comes first
drop function guard.disarm(text);
drop function guard.arm();
drop function guard.judge_drop();
drop function guard.judge_command();

commit;
