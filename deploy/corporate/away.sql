-- Deploy smartattend:corporate/away to pg
begin;
set local role smartattend_owner;

create table corporate.away (
  tenant_id uuid not null,
  record_id uuid not null,
  revision integer not null,
  subject_id uuid not null,
  unit_id uuid,
  away tstzmultirange not null,
  recorded_at timestamptz not null default core.clock(),
  xid xid8 not null default pg_current_xact_id(),
  epoch integer not null default 1,
  constraint away_pkey primary key (tenant_id, record_id, revision),
  constraint away_is_from_a_record foreign key (tenant_id, record_id) references attendance.record (tenant_id, id),
  constraint away_is_finite check (not (lower_inf(away) or upper_inf(away)))
);
comment on table corporate.away is
  'When somebody was away during a shift, from a check-out to the check-in that followed: a record keeps the first arrival and the last leaving only. One row for each revision that changed it, with the whole; derived from the events, append-only.';

create function corporate.derive_away()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if new.kind = 'in' then
    insert into corporate.away (tenant_id, record_id, revision, subject_id, unit_id, away)
    select
      r.tenant_id, r.id, new.revision, r.subject_id, r.unit_id,
      coalesce(
        (
          select a.away
          from corporate.away as a
          where a.tenant_id = r.tenant_id and a.record_id = r.id and a.revision < new.revision
          order by a.revision desc
          limit 1
        ),
        '{}'
      )
      + tstzmultirange(tstzrange(e.out_at, new.effective_at))
    from attendance.record as r
    inner join corporate.shift_instance as i on i.tenant_id = r.tenant_id and i.session_id = r.session_id
    inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id and e.revision = new.revision - 1
    where r.tenant_id = new.tenant_id and r.id = new.record_id and e.out_at < new.effective_at;
  elsif new.kind in ('late_evidence', 'correction', 'revert') then
    -- Other times than before are a presence that is said anew, without breaks; times that were there before bring theirs back.
    insert into corporate.away (tenant_id, record_id, revision, subject_id, unit_id, away)
    select
      l.tenant_id, l.record_id, new.revision, l.subject_id, l.unit_id,
      coalesce(
        (
          select a.away
          from attendance.event as e
          inner join corporate.away as a on a.tenant_id = e.tenant_id and a.record_id = e.record_id and a.revision <= e.revision
          where e.tenant_id = new.tenant_id
            and e.record_id = new.record_id
            and e.revision < new.revision
            and e.in_at is not distinct from new.in_at
            and e.out_at is not distinct from new.out_at
          order by e.revision desc, a.revision desc
          limit 1
        ),
        '{}'
      )
    from (
      select a.*
      from corporate.away as a
      where a.tenant_id = new.tenant_id and a.record_id = new.record_id
      order by a.revision desc
      limit 1
    ) as l
    inner join attendance.event as e on e.tenant_id = l.tenant_id and e.record_id = l.record_id and e.revision = new.revision - 1
    where (e.in_at, e.out_at) is distinct from (new.in_at, new.out_at);
  end if;
  return null;
end $$;
comment on function corporate.derive_away() is
  'Keeps corporate.away: a check-in that comes back to a shift adds the time since the check-out; other times by a correction take all of it away, and the former times bring it back.';
create trigger event_500_derive_away
after insert on attendance.event
for each row
when (new.revision > 1) -- a longer condition would be read anew in every check-in
execute function corporate.derive_away();
alter table attendance.event enable always trigger event_500_derive_away;

commit;
