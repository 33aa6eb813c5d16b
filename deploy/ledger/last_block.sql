-- Deploy smartattend:ledger/last_block to pg
begin;
set local role smartattend_ledger;

create function ledger.last_block(out number bigint, out sealed_at timestamptz)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select b.number, b.sealed_at from ledger.block as b order by b.number desc limit 1
$$;
comment on function ledger.last_block() is 'The number of the newest block and when it was sealed, by its own word; nulls before the first one.';

create function ledger.verify_next(max_blocks integer default 50)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from bigint := coalesce(ledger.verified_until(), 0) + 1;
  v_until bigint := least(coalesce((ledger.last_block()).number, 0), v_from + verify_next.max_blocks - 1);
  v_finding ledger.finding;
begin
  if v_until < v_from then
    return jsonb_build_object('blocks', 0);
  end if;
  select f.* into v_finding from ledger.verify(v_from, v_until) as f limit 1;
  if found then
    perform core.fail('SA032', to_jsonb(v_finding)::text, format('blocks %s to %s as they were sealed', v_from, v_until));
  end if;
  perform ledger.note_verified(v_until);
  return jsonb_build_object('blocks', v_until - v_from + 1, 'until', v_until);
end $$;
comment on function ledger.verify_next(integer) is
  'The job that verifies what was sealed since the last time, at most so many blocks, and notes how far it has come. Older blocks are verified by smartattend ledger verify --full. Answers {blocks, until}. Error SA032 with the first finding.';

grant execute on function ledger.last_block() to smartattend_owner;
grant execute on function ledger.verify_next(integer) to smartattend_sealer;

commit;
