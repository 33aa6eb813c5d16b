-- Deploy smartattend:ledger/epoch to pg
begin;
set local role smartattend_ledger;

create function ledger.cluster_identity()
returns jsonb
language sql
stable
as $$
  select jsonb_build_object(
    'system_identifier', s.system_identifier::text,
    'timeline', c.timeline_id,
    'database', d.oid::bigint
  )
  from pg_catalog.pg_control_system() as s
  cross join pg_catalog.pg_control_checkpoint() as c
  cross join pg_catalog.pg_database as d
  where d.datname = pg_catalog.current_database()
$$;
comment on function ledger.cluster_identity() is
  'What tells this database from a copy of it: the cluster''s system identifier, its timeline (a promotion begins another), the database''s oid. Transaction numbers mean something within one identity only.';

create table ledger.epoch (
  epoch integer not null,
  identity jsonb not null,
  reason text not null,
  database_user text not null default session_user,
  begun_at timestamptz not null default core.clock(),
  constraint epoch_pkey primary key (epoch),
  constraint epochs_count_from_1 check (epoch > 0),
  constraint reason_says_something check (core.is_reason(reason))
);
comment on table ledger.epoch is
  'Stretches of history in which transaction numbers only grow. A restore, a clone or a failover ends one: ledger.seal refuses until ledger.begin_epoch says why the numbers may have gone backwards.';

create trigger epoch_100_append_only
before update or delete on ledger.epoch
for each row execute function core.refuse_change();
create trigger epoch_100_no_truncate
before truncate on ledger.epoch
for each statement execute function core.refuse_change();
alter table ledger.epoch enable always trigger epoch_100_append_only;
alter table ledger.epoch enable always trigger epoch_100_no_truncate;

create function ledger.current_epoch()
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_epoch ledger.epoch;
begin
  select e.* into v_epoch from ledger.epoch as e order by e.epoch desc limit 1;
  if not found then
    -- The first seal of a new deployment.
    insert into ledger.epoch (epoch, identity, reason)
    values (1, ledger.cluster_identity(), 'the first seal of this database')
    returning * into v_epoch;
  elsif v_epoch.identity <> ledger.cluster_identity() then
    perform core.fail(
      'SA030', format('epoch %s of %s in %s', v_epoch.epoch, v_epoch.identity, ledger.cluster_identity()), 'the database that the epoch began in'
    );
  end if;
  return v_epoch.epoch;
end $$;
comment on function ledger.current_epoch() is
  'The epoch that is being sealed; begins the first one. SA030 in another cluster, database or timeline than it began in.';

commit;
