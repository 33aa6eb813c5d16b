-- Deploy smartattend:guard/change to pg
begin;

create table guard.change (
  id uuid not null,
  name text not null,
  database_user text not null default session_user,
  client_address inet default inet_client_addr(),
  recorded_at timestamptz not null default transaction_timestamp(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint change_pkey primary key (id),
  constraint name_is_said check (name ~ '\S')
);
comment on table guard.change is
  'Announced changes: one row a transaction, which is the mark itself (a setting could be forged). Append-only.';
comment on column guard.change.recorded_at is
  'When the transaction began: number and time together are the mark, since numbers begin anew in a restored cluster.';
create index change_by_transaction on guard.change (xid);

create trigger change_100_append_only
before update or delete on guard.change
for each row execute function core.refuse_change();
create trigger change_100_no_truncate
before truncate on guard.change
for each statement execute function core.refuse_change();
alter table guard.change enable always trigger change_100_append_only;
alter table guard.change enable always trigger change_100_no_truncate;

create function guard.is_announced()
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from guard.change as c
    where c.xid = pg_current_xact_id_if_assigned() and c.recorded_at = transaction_timestamp()
  ) and not exists (
    -- set constraints … immediate uses the announcement up: what comes later would not be judged
    select from guard.system_log as l
    where l.xid = pg_current_xact_id_if_assigned() and l.kind = 'baseline' and l.recorded_at >= transaction_timestamp()
  )
$$;
comment on function guard.is_announced() is
  'Whether this transaction called guard.begin_change and its baseline is still to follow.';

create function guard.take_baseline(reason text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_broken record;
  v_changes jsonb;
begin
  select b.* into v_broken from guard.broken_invariant() as b limit 1;
  if found then
    perform guard.fail('SA041', concat_ws(' ', v_broken.kind, v_broken.object || ':', v_broken.observed), v_broken.expected);
  end if;
  -- one after the other: the later one has to see what the earlier one left
  lock table guard.baseline in share row exclusive mode;
  with present as materialized (
    select i.kind, i.object, i.detail from guard.inventory() as i
  ),
  gone as (
    delete from guard.baseline as b
    where not exists (select from present as p where p.kind = b.kind and p.object = b.object)
    returning b.kind, b.object, 'missing' as what
  ),
  came as (
    insert into guard.baseline as b (kind, object, detail, accepted_at, accepted_by, reason)
    select p.kind, p.object, p.detail, clock_timestamp(), session_user, take_baseline.reason
    from present as p
    on conflict (kind, object) do update
    set detail = excluded.detail,
      accepted_at = excluded.accepted_at,
      accepted_by = excluded.accepted_by,
      reason = excluded.reason
    where b.detail is distinct from excluded.detail
    returning b.kind, b.object, 'came' as what
  ),
  moved as (
    select g.* from gone as g
    union all
    select c.* from came as c
  )
  select
    jsonb_build_object(
      'facts', (select count(*) from present),
      'accepted', count(*) filter (where m.what = 'came'),
      'gone', count(*) filter (where m.what = 'missing'),
      'objects', case when count(*) <= 100 then (
        select jsonb_agg(o.kind || ' ' || o.object order by o.kind, o.object) from (select distinct d.kind, d.object from moved as d) as o
      ) end
    )
  into v_changes
  from moved as m;
  perform guard.log('baseline', take_baseline.reason, v_changes);
  return v_changes;
end $$;
comment on function guard.take_baseline(text) is
  'Takes the present inventory as the baseline, unless an invariant is broken (SA041), and logs what changed (by name, unless it is more than 100 facts). For guard.follow_change, guard.accept and guard.arm.';

create function guard.follow_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- rows that a restore brings are not announcements
  if new.xid = pg_current_xact_id() and new.recorded_at = transaction_timestamp() then
    perform guard.take_baseline(new.name);
  end if;
  return null;
end $$;
comment on function guard.follow_change() is
  'At the commit of an announced transaction: judges the invariants (SA041 ends it) and lets the baseline follow.';

create constraint trigger change_900_follow
after insert on guard.change
deferrable initially deferred
for each row execute function guard.follow_change();
alter table guard.change enable always trigger change_900_follow;

create function guard.epoch()
returns integer
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select pg_get_expr(d.adbin, d.adrelid)::integer
  from pg_attrdef as d
  inner join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where d.adrelid = 'guard.system_log'::regclass and a.attname = 'epoch'
$$;
comment on function guard.epoch() is
  'The epoch that rows of guard belong to now: the default of guard.system_log. The one of guard.change cannot follow: a table whose triggers are still to fire is not altered.';

create function guard.begin_change(name text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from guard.baseline) and not guard.is_announced() then
    insert into guard.change (id, name, epoch) values (gen_random_uuid(), begin_change.name, guard.epoch());
  end if;
end $$;
comment on function guard.begin_change(text) is
  'Announces that this transaction changes definitions: the first statement of every deploy and revert script (sqitch add writes it), before any set local role. Without a baseline there is nothing to announce to, and it does nothing.';

create function guard.begin_epoch(epoch integer)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  lock table guard.change in share row exclusive mode; -- waits for everybody who announced in the epoch that ends
  if exists (select from guard.baseline) and not guard.is_announced() then
    insert into guard.change (id, name, epoch) values (gen_random_uuid(), 'ledger.begin_epoch', begin_epoch.epoch);
  end if;
  execute format('alter table guard.system_log alter column epoch set default %s', begin_epoch.epoch);
end $$;
comment on function guard.begin_epoch(integer) is
  'Announces ledger.begin_epoch, of which it is a part, and has what guard writes from here on belong to that epoch, the announcement included: in a restored cluster its number may be one that was sealed long ago.';

create function guard.accept(reason text)
returns jsonb
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if coalesce(accept.reason, '') !~ '\S.{8,}\S' then
    perform guard.fail('SA013', accept.reason, 'why the present state is right');
  end if;
  return guard.take_baseline(accept.reason);
end $$;
comment on function guard.accept(text) is
  'Takes the present state as the baseline, with a reason (SA013), unless an invariant is broken (SA041). For the installer: nobody else may execute it.';

commit;
