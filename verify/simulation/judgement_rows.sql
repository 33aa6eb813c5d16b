-- Verify smartattend:simulation/judgement_rows on pg
begin;
set local role smartattend_owner;

do $$
begin
  assert (select count(*) = 22 from simulation.judgement), '22 judgements';
  assert (
    select bool_and(to_regprocedure(format('simulation.%I(uuid, uuid, text)', function_name)) is not null)
    from simulation.judgement
  ), 'every judgement has its function';
end $$;

rollback;
