-- Revert smartattend:guard/fail from pg
begin;

drop function guard.fail(text, text, text);

commit;
