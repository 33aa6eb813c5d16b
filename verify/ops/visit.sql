-- Verify smartattend:ops/visit on pg
begin;
set local role smartattend_owner;

select * from ops.visit where false;
select * from ops.horizon where false;

rollback;
