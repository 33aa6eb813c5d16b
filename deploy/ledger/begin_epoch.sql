-- Deploy smartattend:ledger/begin_epoch to pg
begin;
set local role smartattend_ledger;

create function ledger.end_epoch(reason text)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_epoch integer;
  v_since xid8;
begin
  if core.is_reason(end_epoch.reason) is not true then
    perform core.fail('SA013', coalesce(end_epoch.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  select e.epoch into v_epoch from ledger.epoch as e order by e.epoch desc limit 1;
  if not found then
    v_epoch := ledger.current_epoch();
  end if;
  select b.horizon into v_since from ledger.block as b where b.epoch = v_epoch order by b.number desc limit 1;
  perform ledger.make_block(
    v_epoch, coalesce(v_since, '0'), null, array(select r.relation from ledger.relation as r where r.kind = 'history'), guard.fingerprint()
  );
  insert into ledger.epoch (epoch, identity, reason) values (v_epoch + 1, ledger.cluster_identity(), end_epoch.reason);
  perform guard.log('epoch', 'epoch ' || v_epoch + 1, jsonb_build_object('reason', end_epoch.reason, 'identity', ledger.cluster_identity()));
  return v_epoch + 1;
end $$;
comment on function ledger.end_epoch(text) is
  'Seals whatever the newest epoch left, without a horizon, and begins the next one in this cluster, database and timeline. Part of ledger.begin_epoch, which holds the locks. Error SA013.';

create function ledger.begin_epoch(reason text)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_role text := current_user;
  v_epoch integer;
  v_relation record;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  set local role smartattend_ledger;
  perform from ledger.sealer as s for update;
  select coalesce(max(e.epoch), 1) + 1 into v_epoch from ledger.epoch as e;
  perform guard.begin_epoch(v_epoch);
  -- The default is what a new row gets at no cost; the lock waits for every writer of the old epoch.
  for v_relation in
    select r.relation::regclass as oid, c.relowner::regrole::text as owner
    from ledger.relation as r
    inner join pg_class as c on c.oid = r.relation::regclass
    where r.kind = 'history' and split_part(r.relation, '.', 1) <> 'guard' -- which has begun already
    order by r.relation
  loop
    execute format('set local role %s', v_relation.owner);
    execute format('alter table %s alter column epoch set default %s', v_relation.oid, v_epoch);
  end loop;
  set local role smartattend_ledger;
  v_epoch := ledger.end_epoch(begin_epoch.reason);
  execute format('set local role %I', v_role);
  return v_epoch;
end $$;
comment on function ledger.begin_epoch(text) is
  'Begins a new epoch after a restore, a clone or a failover, whose transaction numbers say nothing about those before: seals what the old epoch left, and has new rows belong to the new one. For whoever may act as the owner roles (a superuser, a login of smartattend_deployer). Waits at most 10 seconds for each table''s writers (55P03: try again in a quieter moment). Errors SA006, SA013.';

commit;
