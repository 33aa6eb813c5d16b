--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: api; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA api;


ALTER SCHEMA api OWNER TO smartattend_owner;

--
-- Name: SCHEMA api; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA api IS 'The only door: procedures for applications (token => …) and security-invoker views. Every procedure binds the session first; every command takes a key and answers core.outcome.';


--
-- Name: attendance; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA attendance;


ALTER SCHEMA attendance OWNER TO smartattend_owner;

--
-- Name: SCHEMA attendance; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA attendance IS 'Who was where and when: sessions, expectations, events (append-only), records, codes.';


--
-- Name: core; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA core;


ALTER SCHEMA core OWNER TO smartattend_owner;

--
-- Name: SCHEMA core; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA core IS 'What every room stands on: clock, identifiers, error codes, outcomes, the bound actor, the state-machine engine, the append-only guard and idempotency. Names no other room.';


--
-- Name: corporate; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA corporate;


ALTER SCHEMA corporate OWNER TO smartattend_owner;

--
-- Name: SCHEMA corporate; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA corporate IS 'Shift templates and rosters; they make the shift instances of companies and who is expected in them.';


--
-- Name: identity; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA identity;


ALTER SCHEMA identity OWNER TO smartattend_owner;

--
-- Name: SCHEMA identity; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA identity IS 'Accounts, memberships, roles and grants, login sessions, and the current session: the only source of tenant, person and permissions.';


--
-- Name: ledger; Type: SCHEMA; Schema: -; Owner: smartattend_ledger
--

CREATE SCHEMA ledger;


ALTER SCHEMA ledger OWNER TO smartattend_ledger;

--
-- Name: SCHEMA ledger; Type: COMMENT; Schema: -; Owner: smartattend_ledger
--

COMMENT ON SCHEMA ledger IS 'Evidence. Owned by a role of its own, so that a bug in a domain procedure cannot touch it: domain code only calls its functions.';


--
-- Name: school; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA school;


ALTER SCHEMA school OWNER TO smartattend_owner;

--
-- Name: SCHEMA school; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA school IS 'Terms, courses, sections, timetables and enrolments; they make the sessions of schools and who is expected in them. All ranges of dates are half-open: the end is the first day that no longer belongs.';


--
-- Name: simulation; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA simulation;


ALTER SCHEMA simulation OWNER TO smartattend_owner;

--
-- Name: SCHEMA simulation; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA simulation IS 'What happened when a sandbox tenant was broken on purpose: runs, the clients'' testimony, faults, checks and issues, and the functions that judge. Every function of judgement returns the rows that violate it, so it can be run by hand in production, too.';


--
-- Name: tenancy; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA tenancy;


ALTER SCHEMA tenancy OWNER TO smartattend_owner;

--
-- Name: SCHEMA tenancy; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA tenancy IS 'Platforms, tenants and their lifecycle, sites and units.';


--
-- Name: timing; Type: SCHEMA; Schema: -; Owner: smartattend_owner
--

CREATE SCHEMA timing;


ALTER SCHEMA timing OWNER TO smartattend_owner;

--
-- Name: SCHEMA timing; Type: COMMENT; Schema: -; Owner: smartattend_owner
--

COMMENT ON SCHEMA timing IS 'Devices and their clocks.';


--
-- Name: btree_gist; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA core;


--
-- Name: EXTENSION btree_gist; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';


--
-- Name: claim; Type: TYPE; Schema: attendance; Owner: smartattend_owner
--

CREATE TYPE attendance.claim AS (
	claimed_at timestamp with time zone,
	claimed_zone text,
	device_id uuid,
	boot_id uuid,
	sequence_number bigint,
	monotonic_us bigint,
	latitude double precision,
	longitude double precision,
	accuracy_m double precision,
	evidence jsonb
);


ALTER TYPE attendance.claim OWNER TO smartattend_owner;

--
-- Name: TYPE claim; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TYPE attendance.claim IS 'What a caller says about a punch: wall clock and zone, device with its boot, sequence number and monotonic clock (microseconds), place (degrees, metres), other evidence.';


--
-- Name: event_kind; Type: DOMAIN; Schema: attendance; Owner: smartattend_owner
--

CREATE DOMAIN attendance.event_kind AS text
	CONSTRAINT kind_is_known CHECK ((VALUE = ANY (ARRAY['in'::text, 'out'::text, 'mark'::text, 'absence'::text, 'late_evidence'::text, 'flag'::text, 'verify'::text, 'clear'::text, 'uphold'::text, 'correction'::text, 'revert'::text, 'void'::text, 'import'::text])));


ALTER DOMAIN attendance.event_kind OWNER TO smartattend_owner;

--
-- Name: DOMAIN event_kind; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON DOMAIN attendance.event_kind IS 'What an event is. A domain, since PostgreSQL keeps its check parsed, but reads a table''s check anew in every insert.';


--
-- Name: import_entry; Type: TYPE; Schema: attendance; Owner: smartattend_owner
--

CREATE TYPE attendance.import_entry AS (
	ordinal integer,
	key_text text,
	key uuid,
	subject_id uuid,
	site_id uuid,
	time_zone text,
	unit_id uuid,
	business_date date,
	code text,
	arrived_at timestamp with time zone,
	reason text,
	evidence jsonb,
	fault_code text,
	fault jsonb
);


ALTER TYPE attendance.import_entry OWNER TO smartattend_owner;

--
-- Name: TYPE import_entry; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TYPE attendance.import_entry IS 'An entry of api.attendance_import with what its natural keys stand for.';


--
-- Name: judged_mark; Type: TYPE; Schema: attendance; Owner: smartattend_owner
--

CREATE TYPE attendance.judged_mark AS (
	ordinal integer,
	key_text text,
	key uuid,
	subject_id uuid,
	session_id uuid,
	unit_id uuid,
	business_date date,
	code text,
	in_at timestamp with time zone,
	out_at timestamp with time zone,
	is_open boolean,
	reason text,
	evidence jsonb,
	payload_hash bytea,
	fault_code text,
	fault jsonb,
	change text,
	record_id uuid,
	revision integer,
	state text
);


ALTER TYPE attendance.judged_mark OWNER TO smartattend_owner;

--
-- Name: TYPE judged_mark; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TYPE attendance.judged_mark IS 'What becomes of a mark: faulty, known (its key was used before), repeated (an earlier mark of the batch), same, created or revised; with the record and revision that result.';


--
-- Name: mark; Type: TYPE; Schema: attendance; Owner: smartattend_owner
--

CREATE TYPE attendance.mark AS (
	ordinal integer,
	key_text text,
	key uuid,
	subject_id uuid,
	session_id uuid,
	unit_id uuid,
	business_date date,
	code text,
	arrived_at timestamp with time zone,
	reason text,
	evidence jsonb,
	fault_code text,
	fault jsonb
);


ALTER TYPE attendance.mark OWNER TO smartattend_owner;

--
-- Name: TYPE mark; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TYPE attendance.mark IS 'A verdict about a person in a session, of a register or an import; fault_code and fault say what is wrong with it.';


--
-- Name: planned_session; Type: TYPE; Schema: attendance; Owner: smartattend_owner
--

CREATE TYPE attendance.planned_session AS (
	site_id uuid,
	unit_id uuid,
	kind text,
	source_id uuid,
	name text,
	time_zone text,
	local_start timestamp without time zone,
	local_end timestamp without time zone,
	subject_ids uuid[]
);


ALTER TYPE attendance.planned_session OWNER TO smartattend_owner;

--
-- Name: TYPE planned_session; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TYPE attendance.planned_session IS 'A session as a timetable or roster has it: unit, local times in a zone, the people who are expected, and the row that it comes from.';


--
-- Name: record_state; Type: DOMAIN; Schema: attendance; Owner: smartattend_owner
--

CREATE DOMAIN attendance.record_state AS text
	CONSTRAINT state_is_known CHECK ((VALUE = ANY (ARRAY['recorded'::text, 'flagged'::text, 'verified'::text, 'voided'::text])));


ALTER DOMAIN attendance.record_state OWNER TO smartattend_owner;

--
-- Name: DOMAIN record_state; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON DOMAIN attendance.record_state IS 'A state of machine attendance_record.';


--
-- Name: simple_punch; Type: TYPE; Schema: attendance; Owner: smartattend_owner
--

CREATE TYPE attendance.simple_punch AS (
	ordinal integer,
	key_text text,
	key uuid,
	subject_id uuid,
	claim attendance.claim,
	record_id uuid,
	payload_hash bytea,
	effective_at timestamp with time zone,
	basis text,
	session_id uuid,
	unit_id uuid,
	business_date date,
	code text
);


ALTER TYPE attendance.simple_punch OWNER TO smartattend_owner;

--
-- Name: TYPE simple_punch; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TYPE attendance.simple_punch IS 'A check-in of a batch that needs no weighing, with its result.';


--
-- Name: time_basis; Type: DOMAIN; Schema: attendance; Owner: smartattend_owner
--

CREATE DOMAIN attendance.time_basis AS text
	CONSTRAINT basis_is_known CHECK ((VALUE = ANY (ARRAY['server'::text, 'anchor'::text, 'offset'::text, 'claim'::text])));


ALTER DOMAIN attendance.time_basis OWNER TO smartattend_owner;

--
-- Name: DOMAIN time_basis; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON DOMAIN attendance.time_basis IS 'What an effective time rests on: server receipt, monotonic anchor, measured offset, the bare claim.';


--
-- Name: actor; Type: TYPE; Schema: core; Owner: smartattend_owner
--

CREATE TYPE core.actor AS (
	tenant_id uuid,
	user_id uuid,
	session_id uuid,
	device_id uuid,
	unit_id uuid,
	kind text,
	bound_at timestamp with time zone
);


ALTER TYPE core.actor OWNER TO smartattend_owner;

--
-- Name: TYPE actor; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TYPE core.actor IS 'Who acts in this transaction: tenant, person, login session, device and its unit, kind (user, device, platform, system) and the instant of binding. Written by schema identity only.';


--
-- Name: batch_outcome; Type: TYPE; Schema: core; Owner: smartattend_owner
--

CREATE TYPE core.batch_outcome AS (
	ordinal integer,
	key text,
	status text,
	code text,
	message text,
	id uuid,
	revision integer,
	detail jsonb
);


ALTER TYPE core.batch_outcome OWNER TO smartattend_owner;

--
-- Name: TYPE batch_outcome; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TYPE core.batch_outcome IS 'The outcome of one entry of a batch: its position from 1 (0 is the whole), its key, and the columns of core.outcome. A bad entry is a row here, never an exception.';


--
-- Name: outcome; Type: TYPE; Schema: core; Owner: smartattend_owner
--

CREATE TYPE core.outcome AS (
	status text,
	code text,
	message text,
	id uuid,
	revision integer,
	detail jsonb
);


ALTER TYPE core.outcome OWNER TO smartattend_owner;

--
-- Name: TYPE outcome; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TYPE core.outcome IS 'What every command answers: status accepted, replayed (this key was done before; all else equals the first answer) or refused (code and message say why; the refusal is kept).';


--
-- Name: sha256; Type: DOMAIN; Schema: core; Owner: smartattend_owner
--

CREATE DOMAIN core.sha256 AS bytea
	CONSTRAINT payload_hash_is_sha256 CHECK ((octet_length(VALUE) = 32));


ALTER DOMAIN core.sha256 OWNER TO smartattend_owner;

--
-- Name: DOMAIN sha256; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON DOMAIN core.sha256 IS 'A SHA-256: 32 bytes.';


--
-- Name: violation; Type: TYPE; Schema: simulation; Owner: smartattend_owner
--

CREATE TYPE simulation.violation AS (
	item text,
	expected text,
	observed text,
	witness jsonb
);


ALTER TYPE simulation.violation OWNER TO smartattend_owner;

--
-- Name: TYPE violation; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TYPE simulation.violation IS 'One row that breaks a judgement: what it is about, what was expected, what is there, and the identifiers to look it up by. The smallest witness is the one with the fewest callers, if it names their number, or the shortest.';


--
-- Name: attendance_history(uuid, date, date, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.attendance_history(subject_id uuid DEFAULT NULL::uuid, from_date date DEFAULT NULL::date, to_date date DEFAULT NULL::date, token text DEFAULT NULL::text) RETURNS TABLE(record_id uuid, session_id uuid, business_date date, revision integer, kind text, state text, code text, in_at timestamp with time zone, out_at timestamp with time zone, claimed_at timestamp with time zone, effective_at timestamp with time zone, basis text, reason_code text, reason text, actor_id uuid, device_id uuid, recorded_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(attendance_history.token);
  v_subject_id uuid := coalesce(attendance_history.subject_id, v_actor.user_id);
  v_everywhere boolean;
begin
  if isfinite(attendance_history.from_date) is false or isfinite(attendance_history.to_date) is false then
    perform core.fail('SA010', 'an infinite date', 'dates, or null for no bound');
  end if;
  if not exists (
    select from identity.membership as m where m.tenant_id = v_actor.tenant_id and m.user_id = v_subject_id
  ) then
    perform core.fail('SA011', 'subject_id ' || coalesce(v_subject_id::text, 'null'), 'a member of this tenant');
  end if;
  v_everywhere := v_subject_id = v_actor.user_id or identity.holds('attendance.read');
  return query
  select
    e.record_id, e.session_id, e.business_date, e.revision, e.kind::text, e.state::text, e.code, e.in_at, e.out_at, e.claimed_at, e.effective_at,
    e.basis::text, e.reason_code, e.reason, e.actor_id, e.device_id, e.recorded_at
  from attendance.record as r
  inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id
  where r.tenant_id = v_actor.tenant_id
    and r.subject_id = v_subject_id
    and r.business_date >= coalesce(attendance_history.from_date, '-infinity')
    and r.business_date <= coalesce(attendance_history.to_date, 'infinity')
    and (v_everywhere or (r.unit_id is not null and identity.holds('attendance.read', r.unit_id)))
  order by e.business_date, e.recorded_at, e.revision;
end $$;


ALTER FUNCTION api.attendance_history(subject_id uuid, from_date date, to_date date, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION attendance_history(subject_id uuid, from_date date, to_date date, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.attendance_history(subject_id uuid, from_date date, to_date date, token text) IS 'Every revision of a person''s records (null: one''s own) from one business date to another, both included: what was recorded, when, by whom, and why. Other people''s only with attendance.read in the record''s unit; what lies outside that scope is left out. Errors SA001–SA006, SA010, SA011.';


--
-- Name: attendance_import(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.attendance_import(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(attendance_import.token);
  v_entries attendance.import_entry[];
  v_judged attendance.judged_mark[];
  v_outcome core.outcome;
begin
  if jsonb_typeof(attendance_import.entries) is distinct from 'array' or jsonb_array_length(attendance_import.entries) > 100000 then
    perform core.fail(
      'SA010', 'entries: ' || coalesce(jsonb_typeof(attendance_import.entries), 'null'), 'a JSON array of at most 100,000 entries'
    );
  end if;
  v_outcome := case
    when core.bound_tenant('capture_write') is null
      or core.bound_tenant('ordinary_write') is null
      then core.refused('SA107')
    when not identity.holds('attendance.import')
      then core.refused('SA104', jsonb_build_object('expected', 'attendance.import for the whole tenant'))
  end;
  v_entries := attendance.read_import(attendance_import.entries);
  if (v_outcome).status is not null then
    v_outcome := core.finish(ledger.refuse('attendance_import', null, attendance_import.entries, v_outcome));
    return query
    select e.ordinal, e.key_text, v_outcome.status, v_outcome.code, v_outcome.message, null::uuid, null::integer, v_outcome.detail
    from unnest(v_entries) as e;
    return;
  end if;
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = any (array(select e.subject_id from unnest(v_entries) as e))
  order by m.user_id
  for no key update;

  -- A day that no timetable has made is made here: the whole local day, on which nobody can be late.
  with day as (
    select distinct e.site_id, e.unit_id, e.time_zone, e.business_date
    from unnest(v_entries) as e
    where e.fault_code is null
      and (
        select true
        from attendance.session as s
        where s.tenant_id = v_actor.tenant_id and s.business_date = e.business_date and s.unit_id = e.unit_id and s.kind = 'day'
        limit 1
      ) is null
  ), made as (
    insert into attendance.session (
      tenant_id, site_id, unit_id, kind, source, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
    )
    select
      v_actor.tenant_id, d.site_id, d.unit_id, 'day', 'import', 'Day ' || d.business_date, d.business_date, d.time_zone,
      b.starts_at, b.ends_at, b.starts_at, b.ends_at, b.ends_at
    from day as d
    cross join lateral (
      select
        core.local_instant(d.business_date::timestamp, d.time_zone, 'start') as starts_at,
        core.local_instant(d.business_date::timestamp + interval '1 day', d.time_zone, 'end') as ends_at
    ) as b
    on conflict on constraint session_is_unique_by_unit_kind_and_start do nothing
    returning id
  )
  insert into attendance.register (tenant_id, session_id)
  select v_actor.tenant_id, m.id from made as m;

  v_judged := attendance.judge_marks('import', array(
    select (
      e.ordinal, e.key_text, coalesce(e.key, core.derived_key(s.id, 'import ' || e.subject_id)), e.subject_id, s.id, e.unit_id,
      e.business_date, e.code, e.arrived_at, e.reason, e.evidence, e.fault_code, e.fault
    )::attendance.mark
    from unnest(v_entries) as e
    left join lateral (
      select s.id
      from attendance.session as s
      where s.tenant_id = v_actor.tenant_id and s.business_date = e.business_date and s.unit_id = e.unit_id and s.kind = 'day'
      order by s.starts_at
      limit 1
    ) as s on true
  ));
  perform attendance.store_marks('import', v_judged);
  perform ledger.refuse(
    'attendance_import', j.key, to_jsonb(encode(j.payload_hash, 'hex')), core.refused(j.fault_code, j.fault)
  )
  from unnest(v_judged) as j
  where j.fault_code in ('SA102', 'SA111', 'SA112');
  return query
  select o.* from attendance.mark_outcomes(v_judged) as o;
end $$;


ALTER FUNCTION api.attendance_import(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION attendance_import(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.attendance_import(entries jsonb, token text) IS 'Brings in day-level facts of another system: entries [{member_number, site_code, unit_code (null: the whole site), date, code or edfi_category, arrived_at (local time), reason, evidence (an object), key}]. One record for each person, unit and date: the same again is replayed, another content refused (SA112). A bad entry (SA011, SA013, SA014, SA111) never stops the rest. Permission attendance.import for the whole tenant. Raises SA001–SA006, SA010; refusals SA102, SA104, SA107, SA112.';


--
-- Name: attendance_transition(uuid, uuid, text, text, integer, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.attendance_transition(key uuid, record_id uuid, via text, reason text DEFAULT NULL::text, base_revision integer DEFAULT NULL::integer, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(attendance_transition.token);
  v_payload jsonb := jsonb_build_object(
    'record_id', attendance_transition.record_id, 'via', attendance_transition.via, 'reason', attendance_transition.reason,
    'base_revision', attendance_transition.base_revision
  );
  v_hash bytea := core.payload_hash(v_payload);
  v_subject_id uuid;
  v_record attendance.record;
  v_transition core.transition;
  v_event attendance.event;
  v_code text;
  v_detail jsonb;
begin
  if attendance_transition.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this command');
  end if;
  select r.subject_id into v_subject_id
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = attendance_transition.record_id;
  if not found then
    perform core.fail('SA011', 'record_id ' || coalesce(attendance_transition.record_id::text, 'null'), 'a record of this tenant');
  end if;
  perform from identity.membership as m
  where m.tenant_id = v_actor.tenant_id and m.user_id = v_subject_id
  for no key update;
  select e.* into v_event
  from attendance.event as e
  where e.tenant_id = v_actor.tenant_id and e.key = attendance_transition.key;
  if found and v_event.payload_hash = v_hash then
    return core.finish(attendance.outcome(v_event, 'replayed'));
  end if;
  select r.* into v_record
  from attendance.record as r
  where r.tenant_id = v_actor.tenant_id and r.id = attendance_transition.record_id;
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'attendance_record' and t.from_state = v_record.state and t.via = attendance_transition.via;

  v_detail := jsonb_build_object(
    'observed', v_record.state || ', revision ' || v_record.revision, 'expected', attendance_transition.via
  );
  v_code := case
    when v_subject_id is distinct from v_actor.user_id and not identity.holds('attendance.read', v_record.unit_id) then 'SA104'
    when v_event.key is not null or exists (
      select from core.idempotency as i where i.tenant_id = v_actor.tenant_id and i.key = attendance_transition.key
    ) then 'SA102'
    when core.bound_tenant('capture_write') is null then 'SA107'
    -- An approved correction has a procedure of its own.
    when v_transition.via is null or v_transition.permission is null then 'SA101'
    when not identity.holds(v_transition.permission, v_record.unit_id) then 'SA104'
    when attendance_transition.base_revision <> v_record.revision then 'SA103'
  end;
  if v_code is null then
    v_code := core.transition_refusal(
      'attendance_record', v_record.state, v_transition.to_state, attendance_transition.via, attendance_transition.reason,
      to_jsonb(v_record)
    );
  end if;
  if v_code is null and v_transition.requires_reason is false and not coalesce(core.is_reason(attendance_transition.reason), true) then
    v_code := 'SA013';
  end if;
  if v_code is null and attendance_transition.via = 'clear' and v_actor.user_id = (
    select e.actor_id
    from attendance.event as e
    where e.tenant_id = v_actor.tenant_id and e.record_id = v_record.id and e.revision = 1
  ) then
    v_code := 'SA105';
  end if;
  -- Nobody counts in two places: a held record that overlaps another one waits until that one is held or voided.
  if v_code is null and attendance_transition.via = 'clear' and v_record.in_at < v_record.out_at and exists (
    select from attendance.record as r
    where r.tenant_id = v_actor.tenant_id
      and r.subject_id = v_subject_id
      and r.business_date between v_record.business_date - 3 and v_record.business_date + 3
      and r.id <> v_record.id
      and r.state in ('recorded', 'verified')
      and r.in_at < v_record.out_at
      and r.out_at > v_record.in_at
      and r.in_at < r.out_at
  ) then
    v_code := 'SA113';
  end if;
  -- Who may not hold records (faculty) verifies only what a submitted register says.
  if v_code is null and attendance_transition.via = 'verify' and not identity.holds('attendance.flag', v_record.unit_id) and not exists (
    select from attendance.register as r
    where r.tenant_id = v_actor.tenant_id and r.session_id = v_record.session_id and r.state in ('submitted', 'closed')
  ) then
    v_code := 'SA109';
  end if;

  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(attendance_transition.reason, 'null'), 'a reason of at least 10 characters');
  elsif v_code is not null then
    return core.finish(
      ledger.refuse(
        'attendance_transition', attendance_transition.key, v_payload,
        core.refused(v_code, case when v_code <> 'SA104' then v_detail end) -- who may not read it learns nothing of it
      )
    );
  end if;
  v_event := attendance.revise(
    v_record, attendance_transition.via, attendance_transition.key, v_hash, null, attendance_transition.reason,
    v_transition.to_state, attendance_transition.via
  );
  if v_event.key is null then
    -- The key was in flight for another record.
    return core.finish(ledger.refuse('attendance_transition', attendance_transition.key, v_payload, core.refused('SA102')));
  end if;
  return core.finish(attendance.outcome(v_event));
end $$;


ALTER FUNCTION api.attendance_transition(key uuid, record_id uuid, via text, reason text, base_revision integer, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION attendance_transition(key uuid, record_id uuid, via text, reason text, base_revision integer, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.attendance_transition(key uuid, record_id uuid, via text, reason text, base_revision integer, token text) IS 'Moves a record by verify, flag, void, clear or uphold (smartattend machine show attendance_record); base_revision, if given, has to be the current one. The permission is the transition''s, in the record''s unit. Errors SA001–SA006, SA011–SA013; refusals SA101–SA105, SA107, SA109, SA113.';


--
-- Name: check_in(uuid, uuid, timestamp with time zone, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.check_in(key uuid, subject_id uuid DEFAULT NULL::uuid, claimed_at timestamp with time zone DEFAULT NULL::timestamp with time zone, claimed_zone text DEFAULT NULL::text, device_id uuid DEFAULT NULL::uuid, boot_id uuid DEFAULT NULL::uuid, sequence_number bigint DEFAULT NULL::bigint, monotonic_us bigint DEFAULT NULL::bigint, latitude double precision DEFAULT NULL::double precision, longitude double precision DEFAULT NULL::double precision, accuracy_m double precision DEFAULT NULL::double precision, evidence jsonb DEFAULT NULL::jsonb, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(check_in.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('check_in', check_in.key, to_jsonb(check_in.subject_id), core.refused('SA107')));
  end if;
  return core.finish(attendance.capture(
    v_actor, 'in', check_in.key, coalesce(check_in.subject_id, v_actor.user_id),
    (
      check_in.claimed_at, check_in.claimed_zone, check_in.device_id, check_in.boot_id, check_in.sequence_number,
      check_in.monotonic_us, check_in.latitude, check_in.longitude, check_in.accuracy_m, check_in.evidence
    )
  ));
end $$;


ALTER FUNCTION api.check_in(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION check_in(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.check_in(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) IS 'Checks a person in (subject_id null: oneself) and answers the record: id, revision, detail {session_id, state, code, business_date, effective_at, basis}. The same key again is replayed; another key with the same direction within a minute answers the first punch. Weak evidence never refuses a person. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107.';


--
-- Name: check_in_batch(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.check_in_batch(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(check_in_batch.token);
  v_done core.batch_outcome[] := array[]::core.batch_outcome[];
  v_entry record;
  v_outcome core.outcome;
  v_code text;
  v_detail text;
begin
  if jsonb_typeof(check_in_batch.entries) is distinct from 'array' or jsonb_array_length(check_in_batch.entries) > 10000 then
    perform core.fail(
      'SA010', 'entries: ' || coalesce(jsonb_typeof(check_in_batch.entries), 'null'), 'a JSON array of at most 10,000 entries'
    );
  end if;
  if core.bound_tenant('capture_write') is null then
    v_outcome := ledger.refuse('check_in_batch', null, check_in_batch.entries, core.refused('SA107'));
    return query
    select p.ordinal, p.key_text, v_outcome.status, v_outcome.code, v_outcome.message, null::uuid, null::integer, v_outcome.detail
    from attendance.read_punches(check_in_batch.entries) as p;
    return;
  end if;
  -- Everybody at once, in the order of their ids; from here on nobody else writes about them.
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id
    and m.user_id = any (array(
      select core.uuid(e.entry ->> 'subject_id') from jsonb_array_elements(check_in_batch.entries) as e (entry)
    ))
  order by m.user_id
  for no key update;

  if v_actor.kind = 'device' or identity.holds('attendance.capture') then
    begin
      v_done := attendance.capture_simple(check_in_batch.entries);
    exception
      when unique_violation or exclusion_violation then
        v_done := array[]::core.batch_outcome[]; -- A backstop spoke: weigh each entry by itself.
    end;
  end if;
  for v_entry in
    select p.*
    from attendance.read_punches(check_in_batch.entries) as p
    where not exists (select from unnest(v_done) as d where d.ordinal = p.ordinal)
    order by p.ordinal
  loop
    begin
      if v_entry.fault is not null then
        perform core.fail('SA014', 'entry ' || v_entry.ordinal, v_entry.fault);
      end if;
      v_outcome := attendance.capture(v_actor, v_entry.kind, v_entry.key, coalesce(v_entry.subject_id, v_actor.user_id), v_entry.claim);
    exception
      when sqlstate 'SA000' then
        get stacked diagnostics v_code = returned_sqlstate, v_detail = pg_exception_detail;
        v_outcome := core.refused(v_code, v_detail::jsonb);
    end;
    v_done := v_done || (
      v_entry.ordinal, v_entry.key_text, v_outcome.status, v_outcome.code, v_outcome.message, v_outcome.id, v_outcome.revision,
      v_outcome.detail
    )::core.batch_outcome;
  end loop;
  return query
  select d.* from unnest(v_done) as d order by d.ordinal;
end $$;


ALTER FUNCTION api.check_in_batch(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION check_in_batch(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.check_in_batch(entries jsonb, token text) IS 'Takes up to 10,000 punches [{key, kind: in|out, subject_id, claimed_at, claimed_zone, device_id, boot_id, sequence_number, monotonic_us, latitude, longitude, accuracy_m, evidence}], instants as ISO 8601 with an offset, in their order; answers one outcome each, errors of an entry (SA010, SA011, SA012, SA014) included. Raises SA001–SA006, and SA010 if entries is not such an array.';


--
-- Name: check_out(uuid, uuid, timestamp with time zone, text, uuid, uuid, bigint, bigint, double precision, double precision, double precision, jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.check_out(key uuid, subject_id uuid DEFAULT NULL::uuid, claimed_at timestamp with time zone DEFAULT NULL::timestamp with time zone, claimed_zone text DEFAULT NULL::text, device_id uuid DEFAULT NULL::uuid, boot_id uuid DEFAULT NULL::uuid, sequence_number bigint DEFAULT NULL::bigint, monotonic_us bigint DEFAULT NULL::bigint, latitude double precision DEFAULT NULL::double precision, longitude double precision DEFAULT NULL::double precision, accuracy_m double precision DEFAULT NULL::double precision, evidence jsonb DEFAULT NULL::jsonb, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(check_out.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('check_out', check_out.key, to_jsonb(check_out.subject_id), core.refused('SA107')));
  end if;
  return core.finish(attendance.capture(
    v_actor, 'out', check_out.key, coalesce(check_out.subject_id, v_actor.user_id),
    (
      check_out.claimed_at, check_out.claimed_zone, check_out.device_id, check_out.boot_id, check_out.sequence_number,
      check_out.monotonic_us, check_out.latitude, check_out.longitude, check_out.accuracy_m, check_out.evidence
    )
  ));
end $$;


ALTER FUNCTION api.check_out(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION check_out(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.check_out(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) IS 'Checks a person out (subject_id null: oneself): closes the open record, whatever the date; without one the claim is kept and id is null. The same key again is replayed. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107.';


--
-- Name: put_courses(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_courses(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_courses.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      c.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('schedule.manage', r.id) then identity.scope_fault('schedule.manage')
        end
      ) as fault,
      c.name is not distinct from x.name as is_same
    from core.read_entries('course', put_courses.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join lateral (
      select c.id, c.name
      from school.course as c
      where c.tenant_id = v_actor.tenant_id
        and c.site_id = s.id
        and c.code = x.code
      limit 1
    ) as c on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), written as (
    insert into school.course (tenant_id, id, site_id, code, name)
    select v_actor.tenant_id, j.id, j.site_id, j.code, j.name
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint course_pkey do update set
      name = excluded.name
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_courses', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_courses(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_courses(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_courses(entries jsonb, token text) IS 'Adds or renames courses; the format of the entries is core.entry_field''s ''course'', the natural key site and code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_devices(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_devices(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_devices.token);
  v_barred jsonb := identity.begin_put('administration_write');
  v_everywhere boolean := identity.holds('device.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      d.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('device.manage', r.id) then identity.scope_fault('device.manage')
          when d.site_id <> s.id and not v_everywhere then identity.scope_fault('device.manage')
          when d.retired_at is not null then core.fault('SA112', 'code', 'a code of a retired device', 'a new code')
        end
      ) as fault,
      (d.site_id, d.name, d.kind) is not distinct from (s.id, x.name, x.kind) as is_same
    from core.read_entries('device', put_devices.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (code text, site_code text, name text, kind text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join timing.device as d on d.tenant_id = v_actor.tenant_id and d.code = x.code
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.code order by e.ordinal)
  ), written as (
    insert into timing.device (tenant_id, id, site_id, code, name, kind)
    select v_actor.tenant_id, j.id, j.site_id, j.code, j.name, j.kind
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint device_pkey do update set
      site_id = excluded.site_id,
      name = excluded.name,
      kind = excluded.kind
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_devices', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_devices(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_devices(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_devices(entries jsonb, token text) IS 'Registers or changes devices; the format of the entries is core.entry_field''s ''device'', the natural key the code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission device.manage for the site, for the whole tenant to move a device. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_enrolments(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_enrolments(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_enrolments.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
  v_waiting integer[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      u.id as unit_id,
      m.user_id as subject_id,
      n.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when m.user_id is null then core.fault('SA011', 'member_number', x.member_number, 'the number of a member of this tenant')
          when x.ends_on <= x.starts_on then core.fault('SA010', 'ends_on', x.ends_on::text, 'a day after starts_on')
        end
      ) as fault,
      n.ends_on is not distinct from x.ends_on as is_same
    from core.read_entries('enrolment', put_enrolments.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, unit_code text, member_number text, starts_on date, ends_on date)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join lateral (
      select n.id, n.ends_on
      from school.enrolment as n
      where n.tenant_id = v_actor.tenant_id
        and n.unit_id = u.id
        and n.subject_id = m.user_id
        and n.starts_on = x.starts_on
      limit 1
    ) as n on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      first_value(e.ordinal) over same as first_ordinal,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.unit_id, e.subject_id, e.starts_on order by e.ordinal)
  ), met as (
    -- Entries of this call that overlap each other, found inside their small groups.
    select distinct a.ordinal
    from (
      select
        array_agg(j.ordinal) as ordinals,
        array_agg(j.starts_on) as starts,
        array_agg(coalesce(j.ends_on, 'infinity')) as ends
      from judged as j
      where j.change in ('created', 'changed')
      group by j.unit_id, j.subject_id
      having count(*) > 1
    ) as g
    cross join lateral unnest(g.ordinals, g.starts, g.ends) as a (ordinal, starts_on, ends_on)
    cross join lateral unnest(g.ordinals, g.starts, g.ends) as b (ordinal, starts_on, ends_on)
    where a.ordinal <> b.ordinal
      and a.starts_on < b.ends_on
      and a.ends_on > b.starts_on
  ), settled as materialized (
    select
      j.*,
      case
        when c.is_refused then 'faulty'
        when c.is_refused is not null then 'waiting'
        when j.change in ('created', 'changed', 'repeated') and j.first_ordinal in (select m.ordinal from met as m) then 'waiting'
        else j.change
      end as verdict,
      case
        when c.is_refused
        then core.fault('SA113', 'starts_on', j.starts_on || ' to ' || coalesce(j.ends_on::text, 'no end'), 'a range that overlaps no other enrolment of this person in this unit')
        else j.fault
      end as final_fault
    from judged as j
    -- A present row that the entry overlaps may make room if this call changes it; any other refuses the entry.
    cross join lateral (
      select bool_or(o.id not in (select i.id from judged as i where i.change = 'changed')) as is_refused
      from school.enrolment as o
      where j.change in ('created', 'changed', 'repeated')
        and o.id <> j.id
        and o.tenant_id = v_actor.tenant_id
        and o.unit_id = j.unit_id
        and o.subject_id = j.subject_id
        and o.starts_on < coalesce(j.ends_on, 'infinity')
        and coalesce(o.ends_on, 'infinity') > j.starts_on
    ) as c
  ), written as (
    insert into school.enrolment (tenant_id, id, unit_id, subject_id, starts_on, ends_on)
    select v_actor.tenant_id, s.id, s.unit_id, s.subject_id, s.starts_on, s.ends_on
    from settled as s
    where s.verdict in ('created', 'changed')
    on conflict on constraint enrolment_pkey do update set
      ends_on = excluded.ends_on
  )
  select
    array_agg(core.put_outcome(s.ordinal, s.key, s.verdict, s.final_fault, s.id) order by s.ordinal)
      filter (where s.verdict <> 'waiting'),
    array_agg(s.ordinal order by s.ordinal) filter (where s.verdict = 'waiting')
  into v_outcomes, v_waiting
  from settled as s;

  -- What overlaps inside this call waits for the rest, and is then put one by one in its order.
  return query
  select o.*
  from (
    select f.* from identity.finish_put('put_enrolments', v_outcomes) as f
    union all
    select w.ordinal, p.key, p.status, p.code, p.message, p.id, p.revision, p.detail
    from unnest(v_waiting) as w (ordinal)
    cross join lateral api.put_enrolments(jsonb_build_array(put_enrolments.entries -> (w.ordinal - 1)), put_enrolments.token) as p
  ) as o
  order by o.ordinal;
end $$;


ALTER FUNCTION api.put_enrolments(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_enrolments(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_enrolments(entries jsonb, token text) IS 'Enrols people in units or changes when that ends; the format of the entries is core.entry_field''s ''enrolment'', the natural key site, unit, member and first day. Enrolments of one person in one unit do not overlap (SA113); one is ended by ends_on. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112, SA113). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_members(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_members(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_actor core.actor := identity.bind_session(put_members.token);
  v_barred jsonb := identity.begin_put('administration_write', 'member.manage');
  v_may_grant boolean := identity.holds('role.grant');
  v_now timestamptz := core.clock();
  v_tenant tenancy.tenant;
  v_outcomes core.batch_outcome[];
begin
  select t.* into v_tenant from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id;

  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.member_number,
      x.kind,
      x.display_name,
      d.login,
      d.active_from,
      d.active_until,
      x.role,
      u.id as unit_id,
      m.user_id as present_id,
      m.active_from as present_from,
      g.is_held,
      coalesce(
        v_barred,
        e.fault,
        case
          when (v_tenant.platform = 'school') <> (x.kind = any ('{student,guardian,faculty,staff}'))
          then core.fault('SA010', 'kind', x.kind, 'a kind of member that a ' || v_tenant.platform || ' tenant has')
          when m.user_id is null and d.login !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$'
          then core.fault('SA012', 'login', 'null', 'a login, since this member number cannot be part of one')
          when x.login <> a.login then core.fault('SA112', 'login', x.login, 'the present login')
          when d.active_until <= coalesce(d.active_from, m.active_from, v_now)
          then core.fault('SA010', 'active_until', x.active_until::text, 'a day after active_from')
          when x.role_unit is not null and x.role is null then core.fault('SA012', 'role', 'null', 'a role with the role_unit')
          when x.role_unit is not null and u.id is null
          then core.fault('SA011', 'role_unit', x.role_unit, '"<site code>/<code>" of a unit of this tenant')
          when x.role is not null and r.role is null then core.fault('SA010', 'role', x.role, 'a role of the platform ' || v_tenant.platform)
          when x.role is null or g.is_held then null
          when not v_may_grant and not (u.id is not null and identity.holds('role.grant', u.id)) then identity.scope_fault('role.grant')
          when m.user_id = v_actor.user_id then core.fault('SA105', 'role', x.role, 'another person who grants it')
        end
      ) as fault,
      (m.kind, m.display_name, m.active_from, m.active_until)
      is not distinct from
      (x.kind, x.display_name, coalesce(d.active_from, m.active_from), d.active_until) as is_same
    from core.read_entries('member', put_members.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      member_number text, kind text, display_name text, login text, active_from date, active_until date, role text, role_unit text
    )
    cross join lateral (
      select
        coalesce(x.login, lower(v_tenant.slug || '.' || x.member_number)) as login,
        case when x.active_from is not null then core.local_instant(x.active_from, v_tenant.time_zone, 'start') end as active_from,
        case when x.active_until is not null then core.local_instant(x.active_until, v_tenant.time_zone, 'start') end as active_until,
        split_part(x.role_unit, '/', 1) as role_site,
        substr(x.role_unit, strpos(x.role_unit, '/') + 1) as role_code
      offset 0
    ) as d
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join lateral (
      select a.login
      from identity."user" as a
      where a.id = m.user_id and x.login is not null
      limit 1
    ) as a on true
    left join identity.role as r on r.role = x.role and r.platform = v_tenant.platform
    left join lateral (
      select u.id
      from tenancy.site as s
      inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.site_id = s.id
      where s.tenant_id = v_actor.tenant_id
        and s.code = d.role_site
        and u.code = d.role_code
      limit 1
    ) as u on x.role_unit is not null
    left join lateral (
      select exists (
        select from identity.role_grant as h
        where h.tenant_id = m.tenant_id
          and h.user_id = m.user_id
          and h.role = x.role
          and h.unit_id is not distinct from u.id
          and h.revoked_at is null
          and h.ends_at > v_now
      ) as is_held
    ) as g on m.user_id is not null and x.role is not null
  ), judged as materialized (
    select
      e.*,
      first_value(e.member_number) over (
        partition by e.fault is null, e.present_id is null, e.login order by e.ordinal
      ) as first_with_login,
      core.put_change(
        e.fault, row_number() over same,
        first_value(e.value - '{role,role_unit}'::text[]) over same = e.value - '{role,role_unit}'::text[],
        e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.member_number order by e.ordinal)
  ), account as materialized (
    select a.login, a.user_id
    from identity.ensure_users(array(select j.login from judged as j where j.change = 'created')) as a
  ), settled as materialized (
    select
      j.*,
      coalesce(j.present_id, a.user_id) as id,
      j.present_id is null and (h.user_id is not null or j.first_with_login <> j.member_number) as has_taken_login,
      row_number() over (
        partition by j.change in ('faulty', 'contradicted'), j.member_number, j.role, j.unit_id order by j.ordinal
      ) as grant_turn
    from judged as j
    left join account as a on a.login = j.login
    left join identity.membership as h on h.tenant_id = v_actor.tenant_id and h.user_id = a.user_id
  ), final as materialized (
    select
      s.*,
      g.is_granted,
      case
        when s.has_taken_login and s.fault is null then 'faulty'
        when s.change in ('same', 'repeated') and g.is_granted then 'changed'
        else s.change
      end as verdict,
      case
        when s.has_taken_login and s.fault is null then core.fault('SA112', 'login', s.login, 'a login that no other member has')
        else s.fault
      end as final_fault
    from settled as s
    cross join lateral (
      select s.role is not null
        and s.is_held is not true
        and s.grant_turn = 1
        and s.change not in ('faulty', 'contradicted')
        and not s.has_taken_login as is_granted
    ) as g
  ), member as (
    insert into identity.membership (tenant_id, user_id, member_number, kind, display_name, active_from, active_until)
    select
      v_actor.tenant_id, f.id, f.member_number, f.kind, f.display_name, coalesce(f.active_from, f.present_from, v_now), f.active_until
    from final as f
    where f.change in ('created', 'changed') and f.verdict <> 'faulty'
    on conflict on constraint membership_pkey do update set
      kind = excluded.kind,
      display_name = excluded.display_name,
      active_from = excluded.active_from,
      active_until = excluded.active_until
  ), granted as (
    insert into identity.role_grant (tenant_id, user_id, role, unit_id)
    select v_actor.tenant_id, f.id, f.role, f.unit_id
    from final as f
    where f.is_granted
  )
  select array_agg(core.put_outcome(f.ordinal, f.key, f.verdict, f.final_fault, f.id) order by f.ordinal) into v_outcomes
  from final as f;

  return query
  select o.* from identity.finish_put('put_members', v_outcomes) as o;
end $_$;


ALTER FUNCTION api.put_members(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_members(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_members(entries jsonb, token text) IS 'Adds or changes members, with their accounts, and grants roles; the format of the entries is core.entry_field''s ''member'', the natural key the member number; the outcome''s id is the person''s user_id, which is the subject_id of attendance. Several entries with the same member and different roles grant them all; no role is taken away. An account that exists on the platform becomes a member, too, without a sign of where else it is one. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA105, SA107, SA112). Permission member.manage for the whole tenant, with a role also role.grant for its scope; nobody grants a role to oneself. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_roster(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_roster(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_roster.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.on_date,
      t.id as template_id,
      m.user_id as subject_id,
      o.subject_id is not null as is_present,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when t.id is null then core.fault('SA011', 'shift_code', x.shift_code, 'the code of a shift template of this unit')
          when m.user_id is null then core.fault('SA011', 'member_number', x.member_number, 'the number of a member of this tenant')
        end
      ) as fault
    from core.read_entries('roster', put_roster.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, shift_code text, on_date date, member_number text
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join lateral (
      select t.id
      from corporate.shift_template as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.code = x.shift_code
      limit 1
    ) as t on true
    left join identity.membership as m on m.tenant_id = v_actor.tenant_id and m.member_number = x.member_number
    left join lateral (
      select o.subject_id
      from corporate.roster as o
      where o.tenant_id = v_actor.tenant_id
        and o.template_id = t.id
        and o.on_date = x.on_date
        and o.subject_id = m.user_id
      limit 1
    ) as o on true
  ), judged as materialized (
    select e.*, core.put_change(e.fault, row_number() over same, true, e.is_present, true) as change
    from entry as e
    window same as (partition by e.fault is null, e.template_id, e.on_date, e.subject_id order by e.ordinal)
  ), written as (
    insert into corporate.roster (tenant_id, template_id, on_date, subject_id)
    select v_actor.tenant_id, j.template_id, j.on_date, j.subject_id
    from judged as j
    where j.change = 'created'
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, null) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_roster', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_roster(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_roster(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_roster(entries jsonb, token text) IS 'Puts people on shifts; the format of the entries is core.entry_field''s ''roster'', the natural key the whole of it. Each entry has an outcome of its own: accepted with detail {"change": "created"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_sections(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_sections(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_sections.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      p.id as parent_id,
      c.id as course_id,
      t.id as term_id,
      n.id is not null as is_present,
      u.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('schedule.manage', r.id) then identity.scope_fault('schedule.manage')
          when p.id is null then core.fault('SA011', 'parent_code', x.parent_code, 'the code of a unit of this site')
          when c.id is null then core.fault('SA011', 'course_code', x.course_code, 'the code of a course of this site')
          when t.id is null then core.fault('SA011', 'term_code', x.term_code, 'the code of a term of this site')
          when u.kind <> 'class_group' then core.fault('SA112', 'code', 'the code of a ' || u.kind, 'the code of a class_group, or a new one')
          when x.parent_code is not null and u.parent_id <> p.id
          then core.fault('SA112', 'parent_code', x.parent_code, 'the present parent')
        end
      ) as fault,
      (u.name, n.course_id, n.term_id) is not distinct from (x.name, c.id, t.id) as is_same
    from core.read_entries('section', put_sections.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text, course_code text, term_code text, parent_code text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join lateral (
      select p.id
      from tenancy.unit as p
      where p.tenant_id = v_actor.tenant_id
        and p.site_id = s.id
        and p.code = case when x.parent_code is null then x.site_code else x.parent_code end
      limit 1
    ) as p on true
    left join lateral (
      select u.id, u.kind, u.parent_id, u.name
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.code
      limit 1
    ) as u on true
    left join lateral (
      select c.id
      from school.course as c
      where c.tenant_id = v_actor.tenant_id
        and c.site_id = s.id
        and c.code = x.course_code
      limit 1
    ) as c on true
    left join lateral (
      select t.id
      from school.term as t
      where t.tenant_id = v_actor.tenant_id
        and t.site_id = s.id
        and t.code = x.term_code
      limit 1
    ) as t on true
    left join school.section as n on n.tenant_id = v_actor.tenant_id and n.id = u.id
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.is_present, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), unit as (
    insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
    select v_actor.tenant_id, j.id, j.site_id, j.parent_id, 'class_group', j.code, j.name
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint unit_pkey do update set
      name = excluded.name
  ), written as (
    insert into school.section (tenant_id, id, site_id, course_id, term_id)
    select v_actor.tenant_id, j.id, j.site_id, j.course_id, j.term_id
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint section_pkey do update set
      course_id = excluded.course_id,
      term_id = excluded.term_id
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_sections', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_sections(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_sections(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_sections(entries jsonb, token text) IS 'Adds or changes sections with the class groups that they are; the format of the entries is core.entry_field''s ''section'', the natural key site and code. A class group of put_units becomes a section. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_shift_templates(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_shift_templates(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_shift_templates.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      u.id as unit_id,
      d.days as end_days,
      coalesce(x.kind, case d.days when 1 then 'night' else 'fixed' end) as shift_kind,
      t.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when d.days = 0 and x.local_end <= x.local_start
          then core.fault('SA010', 'end_day_offset', '0', '1, since local_end is not after local_start')
          when d.days = 1 and x.local_end > x.local_start
          then core.fault('SA010', 'end_day_offset', '1', '0: a shift lasts at most a day')
          when d.days = 0 and x.kind = 'night' then core.fault('SA010', 'kind', x.kind, 'fixed, since it ends on the same day')
        end
      ) as fault,
      (t.name, t.local_start, t.local_end, t.end_day_offset, t.kind)
      is not distinct from
      (x.name, x.local_start, x.local_end, d.days, coalesce(x.kind, case d.days when 1 then 'night' else 'fixed' end)) as is_same
    from core.read_entries('shift_template', put_shift_templates.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, code text, name text, local_start time, local_end time, end_day_offset smallint, kind text
    )
    cross join lateral (select coalesce(x.end_day_offset, (x.local_end <= x.local_start)::integer)::smallint as days) as d
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join lateral (
      select t.id, t.name, t.local_start, t.local_end, t.end_day_offset, t.kind
      from corporate.shift_template as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.code = x.code
      limit 1
    ) as t on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.unit_id, e.code order by e.ordinal)
  ), written as (
    insert into corporate.shift_template (tenant_id, id, unit_id, code, name, kind, local_start, local_end, end_day_offset)
    select v_actor.tenant_id, j.id, j.unit_id, j.code, j.name, j.shift_kind, j.local_start, j.local_end, j.end_days
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint shift_template_pkey do update set
      name = excluded.name,
      kind = excluded.kind,
      local_start = excluded.local_start,
      local_end = excluded.local_end,
      end_day_offset = excluded.end_day_offset
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_shift_templates', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_shift_templates(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_shift_templates(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_shift_templates(entries jsonb, token text) IS 'Adds or changes shift templates; the format of the entries is core.entry_field''s ''shift_template'', the natural key site, unit and code. Shift instances that were made before keep their times. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_sites(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_sites(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_sites.token);
  v_barred jsonb := identity.begin_put('administration_write', 'site.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when num_nulls(x.latitude, x.longitude, x.radius_m) in (1, 2)
          then core.fault('SA012', 'radius_m', 'part of a geofence', 'latitude, longitude and radius_m together, or none of them')
        end
      ) as fault,
      (s.name, s.time_zone, s.latitude, s.longitude, s.radius_m, s.networks)
      is not distinct from
      (x.name, x.time_zone, x.latitude, x.longitude, x.radius_m, coalesce(x.networks, '{}')) as is_same
    from core.read_entries('site', put_sites.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      code text, name text, time_zone text, latitude double precision, longitude double precision, radius_m double precision,
      networks cidr[]
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.code
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.code order by e.ordinal)
  ), written as (
    insert into tenancy.site (tenant_id, id, code, name, time_zone, latitude, longitude, radius_m, networks)
    select v_actor.tenant_id, j.id, j.code, j.name, j.time_zone, j.latitude, j.longitude, j.radius_m, coalesce(j.networks, '{}')
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint site_pkey do update set
      name = excluded.name,
      time_zone = excluded.time_zone,
      latitude = excluded.latitude,
      longitude = excluded.longitude,
      radius_m = excluded.radius_m,
      networks = excluded.networks
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  -- The root unit is called what its site is called.
  update tenancy.unit as u
  set name = s.name
  from tenancy.site as s
  where s.tenant_id = v_actor.tenant_id
    and u.tenant_id = s.tenant_id
    and u.site_id = s.id
    and u.kind = 'site'
    and u.name <> s.name;

  return query
  select o.* from identity.finish_put('put_sites', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_sites(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_sites(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_sites(entries jsonb, token text) IS 'Adds or changes sites; the format of the entries is core.entry_field''s ''site'', the natural key the code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA012, SA014, SA104, SA107, SA112). Permission site.manage for the whole tenant. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_terms(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_terms(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_terms.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      t.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('schedule.manage', r.id) then identity.scope_fault('schedule.manage')
          when x.ends_on <= x.starts_on then core.fault('SA010', 'ends_on', x.ends_on::text, 'a day after starts_on')
        end
      ) as fault,
      (t.name, t.starts_on, t.ends_on) is not distinct from (x.name, x.starts_on, x.ends_on) as is_same
    from core.read_entries('term', put_terms.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text, starts_on date, ends_on date)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join lateral (
      select t.id, t.name, t.starts_on, t.ends_on
      from school.term as t
      where t.tenant_id = v_actor.tenant_id
        and t.site_id = s.id
        and t.code = x.code
      limit 1
    ) as t on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), written as (
    insert into school.term (tenant_id, id, site_id, code, name, starts_on, ends_on)
    select v_actor.tenant_id, j.id, j.site_id, j.code, j.name, j.starts_on, j.ends_on
    from judged as j
    where j.change in ('created', 'changed')
    on conflict on constraint term_pkey do update set
      name = excluded.name,
      starts_on = excluded.starts_on,
      ends_on = excluded.ends_on
  )
  select array_agg(core.put_outcome(j.ordinal, j.key, j.change, j.fault, j.id) order by j.ordinal) into v_outcomes
  from judged as j;

  return query
  select o.* from identity.finish_put('put_terms', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_terms(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_terms(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_terms(entries jsonb, token text) IS 'Adds or changes terms; the format of the entries is core.entry_field''s ''term'', the natural key site and code. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission schedule.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_timetable(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_timetable(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_timetable.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_everywhere boolean := identity.holds('schedule.manage');
  v_outcomes core.batch_outcome[];
  v_waiting integer[];
begin
  with entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      u.id as unit_id,
      t.id as present_id,
      core.uuid_v7() as new_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when u.id is null then core.fault('SA011', 'unit_code', x.unit_code, 'the code of a unit of this site')
          when not v_everywhere and not identity.holds('schedule.manage', u.id) then identity.scope_fault('schedule.manage')
          when x.local_end <= x.local_start then core.fault('SA010', 'local_end', x.local_end::text, 'a time after local_start')
          when x.valid_until <= x.valid_from then core.fault('SA010', 'valid_until', x.valid_until::text, 'a day after valid_from')
        end
      ) as fault,
      (t.local_end, t.valid_until) is not distinct from (x.local_end, x.valid_until) as is_same
    from core.read_entries('timetable', put_timetable.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (
      site_code text, unit_code text, kind text, weekday smallint, local_start time, valid_from date, local_end time, valid_until date
    )
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.unit_code
      limit 1
    ) as u on true
    left join lateral (
      select t.id, t.local_end, t.valid_until
      from school.timetable as t
      where t.tenant_id = v_actor.tenant_id
        and t.unit_id = u.id
        and t.kind = x.kind
        and t.weekday = x.weekday
        and t.local_start = x.local_start
        and t.valid_from = x.valid_from
      limit 1
    ) as t on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      first_value(e.ordinal) over same as first_ordinal,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.unit_id, e.kind, e.weekday, e.local_start, e.valid_from order by e.ordinal)
  ), met as (
    -- Entries of this call that overlap each other, found inside their small groups.
    select distinct a.ordinal
    from (
      select
        array_agg(j.ordinal) as ordinals,
        array_agg(j.local_start) as starts,
        array_agg(j.local_end) as ends,
        array_agg(j.valid_from) as froms,
        array_agg(coalesce(j.valid_until, 'infinity')) as untils
      from judged as j
      where j.change in ('created', 'changed')
      group by j.unit_id, j.kind, j.weekday
      having count(*) > 1
    ) as g
    cross join lateral unnest(g.ordinals, g.starts, g.ends, g.froms, g.untils) as a (ordinal, local_start, local_end, valid_from, valid_until)
    cross join lateral unnest(g.ordinals, g.starts, g.ends, g.froms, g.untils) as b (ordinal, local_start, local_end, valid_from, valid_until)
    where a.ordinal <> b.ordinal
      and a.local_start < b.local_end
      and a.local_end > b.local_start
      and a.valid_from < b.valid_until
      and a.valid_until > b.valid_from
  ), settled as materialized (
    select
      j.*,
      case
        when c.is_refused then 'faulty'
        when c.is_refused is not null then 'waiting'
        when j.change in ('created', 'changed', 'repeated') and j.first_ordinal in (select m.ordinal from met as m) then 'waiting'
        else j.change
      end as verdict,
      case
        when c.is_refused
        then core.fault('SA113', 'local_start', j.local_start || ' to ' || j.local_end || ' from ' || j.valid_from, 'a range that overlaps no other slot of this unit and kind')
        else j.fault
      end as final_fault
    from judged as j
    -- A present row that the entry overlaps may make room if this call changes it; any other refuses the entry.
    cross join lateral (
      select bool_or(o.id not in (select i.id from judged as i where i.change = 'changed')) as is_refused
      from school.timetable as o
      where j.change in ('created', 'changed', 'repeated')
        and o.id <> j.id
        and o.tenant_id = v_actor.tenant_id
        and o.unit_id = j.unit_id
        and o.kind = j.kind
        and o.weekday = j.weekday
        and o.local_start < j.local_end
        and o.local_end > j.local_start
        and o.valid_from < coalesce(j.valid_until, 'infinity')
        and coalesce(o.valid_until, 'infinity') > j.valid_from
    ) as c
  ), written as (
    insert into school.timetable (tenant_id, id, unit_id, kind, weekday, local_start, local_end, valid_from, valid_until)
    select v_actor.tenant_id, s.id, s.unit_id, s.kind, s.weekday, s.local_start, s.local_end, s.valid_from, s.valid_until
    from settled as s
    where s.verdict in ('created', 'changed')
    on conflict on constraint timetable_pkey do update set
      local_end = excluded.local_end,
      valid_until = excluded.valid_until
  )
  select
    array_agg(core.put_outcome(s.ordinal, s.key, s.verdict, s.final_fault, s.id) order by s.ordinal)
      filter (where s.verdict <> 'waiting'),
    array_agg(s.ordinal order by s.ordinal) filter (where s.verdict = 'waiting')
  into v_outcomes, v_waiting
  from settled as s;

  -- What overlaps inside this call waits for the rest, and is then put one by one in its order.
  return query
  select o.*
  from (
    select f.* from identity.finish_put('put_timetable', v_outcomes) as f
    union all
    select w.ordinal, p.key, p.status, p.code, p.message, p.id, p.revision, p.detail
    from unnest(v_waiting) as w (ordinal)
    cross join lateral api.put_timetable(jsonb_build_array(put_timetable.entries -> (w.ordinal - 1)), put_timetable.token) as p
  ) as o
  order by o.ordinal;
end $$;


ALTER FUNCTION api.put_timetable(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_timetable(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_timetable(entries jsonb, token text) IS 'Adds or changes when units meet; the format of the entries is core.entry_field''s ''timetable'', the natural key site, unit, kind, weekday, start and first day. Slots of one unit and kind do not overlap (SA113); a slot is ended by valid_until. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112, SA113). Permission schedule.manage for the unit. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: put_units(jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.put_units(entries jsonb, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(put_units.token);
  v_barred jsonb := identity.begin_put('administration_write');
  v_everywhere boolean := identity.holds('site.manage');
  v_outcomes core.batch_outcome[];
  v_created jsonb;
  v_depth integer := 0;
begin
  with recursive entry as materialized (
    select
      e.ordinal,
      e.key,
      e.value,
      x.*,
      s.id as site_id,
      u.id as present_id,
      core.uuid_v7() as new_id,
      p.id as parent_id,
      coalesce(
        v_barred,
        e.fault,
        case
          when s.id is null then core.fault('SA011', 'site_code', x.site_code, 'the code of a site of this tenant')
          when not v_everywhere and not identity.holds('site.manage', r.id) then identity.scope_fault('site.manage')
          when u.kind <> x.kind then core.fault('SA112', 'kind', x.kind, u.kind)
          when x.parent_code is not null and u.parent_id <> p.id then core.fault('SA112', 'parent_code', x.parent_code, 'the present parent')
        end
      ) as fault,
      u.name is not distinct from x.name as is_same
    from core.read_entries('unit', put_units.entries) as e
    cross join lateral jsonb_to_record(e.value) as x (site_code text, code text, name text, kind text, parent_code text)
    left join tenancy.site as s on s.tenant_id = v_actor.tenant_id and s.code = x.site_code
    left join lateral (
      select r.id
      from tenancy.unit as r
      where r.tenant_id = v_actor.tenant_id
        and r.site_id = s.id
        and r.kind = 'site'
      limit 1
    ) as r on true
    left join lateral (
      select p.id
      from tenancy.unit as p
      where p.tenant_id = v_actor.tenant_id
        and p.site_id = s.id
        and p.code = case when x.parent_code is null then x.site_code else x.parent_code end
      limit 1
    ) as p on true
    left join lateral (
      select u.id, u.kind, u.parent_id, u.name
      from tenancy.unit as u
      where u.tenant_id = v_actor.tenant_id
        and u.site_id = s.id
        and u.code = x.code
      limit 1
    ) as u on true
  ), judged as materialized (
    select
      e.*,
      coalesce(e.present_id, first_value(e.new_id) over same) as id,
      core.put_change(
        e.fault, row_number() over same, first_value(e.value) over same = e.value, e.present_id is not null, e.is_same
      ) as change
    from entry as e
    window same as (partition by e.fault is null, e.site_id, e.code order by e.ordinal)
  ), placed as (
    -- From the units whose parent stands already down to those whose parent is of this call; a circle is never reached.
    select j.ordinal, j.site_id, j.code, j.id, j.parent_id, 1 as depth
    from judged as j
    where j.change = 'created' and j.parent_id is not null
    union all
    select j.ordinal, j.site_id, j.code, j.id, q.id, q.depth + 1
    from placed as q
    inner join judged as j on j.site_id = q.site_id and j.parent_code = q.code
    where j.change = 'created' and j.parent_id is null
  ), settled as materialized (
    select
      j.ordinal,
      j.key,
      j.site_id,
      j.code,
      j.name,
      j.kind,
      j.id,
      q.parent_id,
      q.depth,
      case when f.fault is null then j.change else 'faulty' end as change,
      coalesce(j.fault, f.fault) as fault
    from judged as j
    left join placed as q on q.ordinal = j.ordinal
    left join placed as t on t.id = j.id and j.change = 'repeated'
    cross join lateral (
      select case
        when j.parent_id is null
          and j.present_id is null
          and (j.change = 'created' and q.ordinal is null or j.change = 'repeated' and t.ordinal is null)
        then core.fault('SA011', 'parent_code', j.parent_code, 'the code of a unit of this site, or of a good entry of this call')
      end as fault
    ) as f
  ), renamed as (
    update tenancy.unit as u
    set name = s.name
    from settled as s
    where u.tenant_id = v_actor.tenant_id and u.id = s.id and s.change = 'changed'
  )
  select
    array_agg(core.put_outcome(s.ordinal, s.key, s.change, s.fault, s.id) order by s.ordinal),
    jsonb_agg(to_jsonb(s)) filter (where s.change = 'created')
  into v_outcomes, v_created
  from settled as s;

  -- Level by level, since a unit is placed beneath a parent that stands.
  while v_created is not null loop
    v_depth := v_depth + 1;
    insert into tenancy.unit (tenant_id, id, site_id, parent_id, kind, code, name)
    select v_actor.tenant_id, c.id, c.site_id, c.parent_id, c.kind, c.code, c.name
    from jsonb_to_recordset(v_created) as c (id uuid, site_id uuid, parent_id uuid, kind text, code text, name text, depth integer)
    where c.depth = v_depth;
    exit when not found;
  end loop;

  return query
  select o.* from identity.finish_put('put_units', v_outcomes) as o;
end $$;


ALTER FUNCTION api.put_units(entries jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_units(entries jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.put_units(entries jsonb, token text) IS 'Adds units or changes their names; the format of the entries is core.entry_field''s ''unit'', the natural key site and code. Parents and children may come in one call, in any order. Each entry has an outcome of its own: accepted with detail {"change": "created" or "changed"}, replayed when it is so already, or refused with a code (SA010, SA011, SA012, SA014, SA104, SA107, SA112). Permission site.manage for the site. Raises SA001 to SA006 without a session, SA010 if entries is not an array.';


--
-- Name: register_open(uuid, uuid, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.register_open(key uuid, session_id uuid, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(register_open.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('register_open', register_open.key, to_jsonb(register_open.session_id), core.refused('SA107')));
  end if;
  return attendance.move_register('register_open', register_open.key, register_open.session_id, 'open', null);
end $$;


ALTER FUNCTION api.register_open(key uuid, session_id uuid, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION register_open(key uuid, session_id uuid, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.register_open(key uuid, session_id uuid, token text) IS 'Opens the register of a session. Permission register.take in the session''s unit. Errors SA001–SA006, SA011, SA012; refusals SA101, SA102, SA104, SA107.';


--
-- Name: register_reopen(uuid, uuid, text, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.register_reopen(key uuid, session_id uuid, reason text, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(register_reopen.token);
begin
  if core.bound_tenant('capture_write') is null then
    return core.finish(ledger.refuse('register_reopen', register_reopen.key, to_jsonb(register_reopen.session_id), core.refused('SA107')));
  end if;
  return attendance.move_register(
    'register_reopen', register_reopen.key, register_reopen.session_id, 'reopen', register_reopen.reason
  );
end $$;


ALTER FUNCTION api.register_reopen(key uuid, session_id uuid, reason text, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION register_reopen(key uuid, session_id uuid, reason text, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.register_reopen(key uuid, session_id uuid, reason text, token text) IS 'Reopens a submitted register, with a reason. Permission register.reopen in the session''s unit. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA104, SA107.';


--
-- Name: register_submit(uuid, uuid, jsonb, text, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.register_submit(key uuid, session_id uuid, marks jsonb, default_code text DEFAULT NULL::text, token text DEFAULT NULL::text) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(register_submit.token);
  v_payload jsonb := jsonb_build_object(
    'session_id', register_submit.session_id, 'marks', register_submit.marks, 'default_code', register_submit.default_code
  );
  v_outcome core.outcome;
  v_session attendance.session;
  v_state text;
  v_marks attendance.mark[];
  v_judged attendance.judged_mark[];
  v_missing uuid[];
  v_stored jsonb;
  v_code text;
  v_detail jsonb;
begin
  if jsonb_typeof(register_submit.marks) is distinct from 'array' or jsonb_array_length(register_submit.marks) > 100000 then
    perform core.fail('SA010', 'marks: ' || coalesce(jsonb_typeof(register_submit.marks), 'null'), 'a JSON array of at most 100,000 marks');
  end if;
  v_outcome := core.claim('register_submit', register_submit.key, v_payload);
  select s.* into v_session
  from attendance.session as s
  where s.tenant_id = v_actor.tenant_id and s.id = register_submit.session_id;
  if not found then
    perform core.fail('SA011', 'session_id ' || coalesce(register_submit.session_id::text, 'null'), 'a session of this tenant');
  end if;
  if v_outcome.status = 'refused' then
    v_code := v_outcome.code;
    v_detail := v_outcome.detail;
  elsif v_outcome.status is null and exists (
    select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = register_submit.key
  ) then
    v_code := 'SA102';
  elsif core.bound_tenant('capture_write') is null then
    v_code := 'SA107';
  elsif not identity.holds('register.take', v_session.unit_id) then
    v_code := 'SA104';
    v_detail := '{"expected": "register.take in this unit"}';
  end if;

  if v_code is null and v_outcome.status = 'replayed' then
    -- What was answered the first time, whatever has become of the records since.
    return query
    select 0, v_session.id::text, v_outcome.status, null::text, null::text, v_outcome.id, v_outcome.revision, v_outcome.detail - 'outcomes'
    union all
    select
      o.ordinal, o.key, 'replayed', null, null, o.id, o.revision,
      attendance.detail(v_session.id, o.state, o.code, v_session.business_date, null, null)
    from jsonb_to_recordset(v_outcome.detail -> 'outcomes') as o (
      ordinal integer, key text, id uuid, revision integer, state text, code text
    )
    order by 1;
    return;
  end if;

  -- Lock order: the register, then everybody on it in the order of their ids.
  select r.state into v_state
  from attendance.register as r
  where r.tenant_id = v_actor.tenant_id and r.session_id = register_submit.session_id
  for no key update;
  v_marks := attendance.read_marks(register_submit.marks, register_submit.key, v_session);
  perform
  from identity.membership as m
  where m.tenant_id = v_actor.tenant_id
    and m.user_id = any (array(
      select k.subject_id from unnest(v_marks) as k
      union
      select x.subject_id
      from attendance.expectation as x
      where x.tenant_id = v_actor.tenant_id and x.session_id = register_submit.session_id and x.withdrawn_at is null
    ))
  order by m.user_id
  for no key update;

  v_missing := array(
    select x.subject_id
    from attendance.expectation as x
    where x.tenant_id = v_actor.tenant_id
      and x.session_id = register_submit.session_id
      and x.withdrawn_at is null
      and x.subject_id <> all (coalesce(array(select k.subject_id from unnest(v_marks) as k where k.subject_id is not null), '{}'))
      and not exists (
        select from attendance.record as r
        where r.tenant_id = x.tenant_id and r.session_id = x.session_id and r.subject_id = x.subject_id and r.state <> 'voided'
      )
    order by x.subject_id
  );
  if register_submit.default_code is not null then
    v_marks := v_marks || array(
      select (
        cardinality(v_marks) + m.ordinal, m.subject_id::text, core.derived_key(register_submit.key, m.subject_id::text), m.subject_id,
        v_session.id, v_session.unit_id, v_session.business_date, register_submit.default_code, null, null, null, null, null
      )::attendance.mark
      from unnest(v_missing) with ordinality as m (subject_id, ordinal)
    );
    v_missing := '{}';
  end if;
  v_judged := attendance.judge_marks('mark', v_marks);
  v_stored := jsonb_build_object(
    'state', 'submitted', 'marks', cardinality(v_judged),
    'outcomes', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'ordinal', j.ordinal, 'key', j.key_text, 'id', j.record_id, 'revision', j.revision, 'state', j.state, 'code', j.code
      )), '[]')
      from unnest(v_judged) as j
    )
  );

  if v_code is not null then
    null;
  elsif exists (select from unnest(v_judged) as j where j.change = 'faulty') then
    v_code := 'SA108';
    v_detail := jsonb_build_object(
      'observed', (select count(*) from unnest(v_judged) as j where j.change = 'faulty') || ' marks that cannot be taken',
      'expected', 'marks that can all be taken; none was stored'
    );
  elsif v_missing <> '{}' then
    v_code := 'SA108';
    v_detail := jsonb_build_object(
      'observed', cardinality(v_missing) || ' without a mark', 'expected', 'a mark for everybody, or default_code',
      'subject_ids', to_jsonb(v_missing[1:20])
    );
  elsif v_state = 'submitted' and not exists (select from unnest(v_judged) as j where j.change in ('created', 'revised')) then
    perform core.finish(core.accepted(v_session.id, null, v_stored), register_submit.key);
    v_outcome := core.replayed(v_session.id, null, v_stored);
  elsif v_state <> 'open' then
    v_code := 'SA109';
    v_detail := jsonb_build_object('observed', 'a register that is ' || v_state, 'expected', 'open');
  else
    perform attendance.store_marks('mark', v_judged);
    update attendance.register as r
    set state = 'submitted', state_via = 'submit', state_reason = null
    where r.tenant_id = v_actor.tenant_id and r.session_id = v_session.id;
    v_outcome := core.finish(core.accepted(v_session.id, null, v_stored), register_submit.key);
  end if;
  if v_code is not null then
    v_outcome := core.finish(
      ledger.refuse('register_submit', register_submit.key, v_payload, core.refused(v_code, v_detail)), register_submit.key
    );
  end if;

  return query
  select 0, v_session.id::text, v_outcome.status, v_outcome.code, v_outcome.message, v_outcome.id, v_outcome.revision,
    v_outcome.detail - 'outcomes'
  union all
  select
    m.ordinal, m.key,
    case when v_code is not null then 'refused' else m.status end,
    case when v_code is not null then coalesce(m.code, v_code) else m.code end,
    case when v_code is not null then coalesce(m.message, v_outcome.message) else m.message end,
    case when v_code is null then m.id end,
    case when v_code is null then m.revision end,
    case when v_code is null or m.code is not null then m.detail end
  from attendance.mark_outcomes(v_judged) as m
  order by 1;
end $$;


ALTER FUNCTION api.register_submit(key uuid, session_id uuid, marks jsonb, default_code text, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION register_submit(key uuid, session_id uuid, marks jsonb, default_code text, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.register_submit(key uuid, session_id uuid, marks jsonb, default_code text, token text) IS 'Submits the register of a session with marks [{subject_id, code, arrived_at, reason}], all or none: ordinal 0 is the register, then one outcome a mark, then one for each person that default_code was given to. Who is expected and has no mark is missing (SA108) unless default_code is given explicitly. Submitting the same again writes nothing. Permission register.take in the session''s unit. Errors SA001–SA006, SA010–SA012; refusals SA102, SA104, SA107, SA108, SA109; of a mark SA011, SA013, SA014, SA111, SA112.';


--
-- Name: schedule_generate(uuid, date, date, uuid, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.schedule_generate(key uuid, from_date date, to_date date, unit_id uuid DEFAULT NULL::uuid, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(schedule_generate.token);
  v_barred jsonb := identity.begin_put('ordinary_write');
  v_payload jsonb := jsonb_build_object(
    'from_date', schedule_generate.from_date, 'to_date', schedule_generate.to_date, 'unit_id', schedule_generate.unit_id
  );
  v_outcome core.outcome;
  v_made record;
begin
  v_outcome := core.claim('schedule_generate', schedule_generate.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('schedule_generate', schedule_generate.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  if num_nulls(schedule_generate.from_date, schedule_generate.to_date) > 0 then
    perform core.fail('SA012', 'from_date or to_date is null', 'from_date and to_date, both included');
  end if;
  if not (
    schedule_generate.from_date between '1900-01-01' and '2999-12-31'
    and schedule_generate.to_date between schedule_generate.from_date and '2999-12-31'
    and schedule_generate.to_date < schedule_generate.from_date + 400
  ) then
    perform core.fail(
      'SA010', format('%s to %s', schedule_generate.from_date, schedule_generate.to_date), 'at most 400 days from 1900 to 2999, in order'
    );
  end if;
  if v_barred is null and schedule_generate.unit_id is not null and not exists (
    select from tenancy.unit as u where u.tenant_id = v_actor.tenant_id and u.id = schedule_generate.unit_id
  ) then
    perform core.fail('SA011', 'unit_id ' || schedule_generate.unit_id, 'a unit of this tenant');
  end if;
  if v_barred is null and not identity.holds('schedule.manage', schedule_generate.unit_id) then
    v_barred := identity.scope_fault('schedule.manage');
  end if;
  if v_barred is not null then
    return core.finish(
      ledger.refuse(
        'schedule_generate', schedule_generate.key, v_payload, core.refused(v_barred ->> 'code', v_barred - '{code,field}'::text[])
      ),
      schedule_generate.key
    );
  end if;

  if (select t.platform from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id) = 'school' then
    select g.* into strict v_made
    from school.generate(schedule_generate.from_date, schedule_generate.to_date, schedule_generate.unit_id) as g;
  else
    select g.* into strict v_made
    from corporate.generate(schedule_generate.from_date, schedule_generate.to_date, schedule_generate.unit_id) as g;
  end if;
  return core.finish(core.accepted(null, null, to_jsonb(v_made)), schedule_generate.key);
end $$;


ALTER FUNCTION api.schedule_generate(key uuid, from_date date, to_date date, unit_id uuid, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION schedule_generate(key uuid, from_date date, to_date date, unit_id uuid, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.schedule_generate(key uuid, from_date date, to_date date, unit_id uuid, token text) IS 'Makes sessions, registers and expectations from the timetables or rosters, from from_date to to_date (both included, at most 400 days), for a unit with everything beneath it (null: the tenant); detail {"sessions", "expectations", "withdrawn"} counts what it made. Another key for the same dates makes only what is missing, and withdraws who is no longer planned from sessions that have not begun. Permission schedule.manage for the unit. Errors SA001 to SA006, SA010, SA011, SA012; refusals SA102, SA104, SA107.';


--
-- Name: simulation_abort(uuid, uuid, text, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.simulation_abort(key uuid, run_id uuid, reason text, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(simulation_abort.token);
  v_payload jsonb := jsonb_build_object('run_id', simulation_abort.run_id, 'reason', simulation_abort.reason);
  v_outcome core.outcome;
  v_run simulation.run;
begin
  if core.is_reason(simulation_abort.reason) is not true then
    perform core.fail('SA013', coalesce(simulation_abort.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_abort', simulation_abort.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select r.* into v_run
  from simulation.run as r
  where r.tenant_id = v_actor.tenant_id and r.id = simulation_abort.run_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'run_id ' || coalesce(simulation_abort.run_id::text, 'null'), 'a run of this tenant');
  end if;
  v_outcome := core.claim('simulation_abort', simulation_abort.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('simulation_abort', simulation_abort.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  if core.transition_refusal('simulation_run', v_run.state, 'aborted', 'abort', simulation_abort.reason, to_jsonb(v_run)) is not null then
    return core.finish(
      ledger.refuse(
        'simulation_abort', simulation_abort.key, v_payload,
        core.refused('SA101', jsonb_build_object('observed', v_run.state, 'expected', 'planned or running'))
      ),
      simulation_abort.key
    );
  end if;
  update simulation.run as r
  set state = 'aborted', state_via = 'abort', state_reason = simulation_abort.reason
  where r.tenant_id = v_run.tenant_id and r.id = v_run.id;
  return core.finish(core.accepted(v_run.id, null, '{"state": "aborted"}'), simulation_abort.key);
end $$;


ALTER FUNCTION api.simulation_abort(key uuid, run_id uuid, reason text, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION simulation_abort(key uuid, run_id uuid, reason text, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.simulation_abort(key uuid, run_id uuid, reason text, token text) IS 'Ends a run without a verdict, with a reason. Permission simulation.run. Errors SA001–SA006, SA011, SA013; refusals SA101, SA102, SA104.';


--
-- Name: simulation_finish(uuid, uuid, jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(simulation_finish.token);
  v_payload jsonb := jsonb_build_object('run_id', simulation_finish.run_id, 'scenarios', simulation_finish.scenarios);
  v_outcome core.outcome;
  v_run simulation.run;
  v_verdicts text[] := array[]::text[];
  v_told jsonb;
  v_state text;
begin
  if jsonb_typeof(simulation_finish.scenarios) is distinct from 'array' or jsonb_array_length(simulation_finish.scenarios) = 0 then
    perform core.fail('SA010', 'scenarios: ' || coalesce(left(simulation_finish.scenarios::text, 100), 'null'), 'scenarios: a JSON array of objects, not empty');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_finish', simulation_finish.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select r.* into v_run
  from simulation.run as r
  where r.tenant_id = v_actor.tenant_id and r.id = simulation_finish.run_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'run_id ' || coalesce(simulation_finish.run_id::text, 'null'), 'a run of this tenant');
  end if;
  v_outcome := core.claim('simulation_finish', simulation_finish.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('simulation_finish', simulation_finish.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  if v_run.state <> 'running' then
    return core.finish(
      ledger.refuse(
        'simulation_finish', simulation_finish.key, v_payload,
        core.refused('SA101', jsonb_build_object('observed', v_run.state, 'expected', 'running'))
      ),
      simulation_finish.key
    );
  end if;
  begin
    for v_told in select s.told from jsonb_array_elements(simulation_finish.scenarios) as s (told) loop
      v_verdicts := v_verdicts || simulation.conclude(v_run, v_told);
    end loop;
  exception
    when data_exception or check_violation or not_null_violation or unique_violation or invalid_parameter_value then
      perform core.fail('SA014', sqlerrm, 'scenarios with scenario, findings, faults, conditions and figures, each scenario once');
  end;
  v_state := case
    when 'broken' = any (v_verdicts) then 'broken'
    when 'inconclusive' = any (v_verdicts) then 'inconclusive'
    else 'held'
  end;
  update simulation.run as r
  set state = v_state, state_via = 'judge'
  where r.tenant_id = v_run.tenant_id and r.id = v_run.id;
  return core.finish(
    core.accepted(
      v_run.id, null,
      jsonb_build_object(
        'state', v_state,
        'checks', (
          select jsonb_object_agg(x.verdict, x.number)
          from (
            select k.verdict, count(*) as number
            from simulation.check as k
            where k.tenant_id = v_run.tenant_id and k.run_id = v_run.id
            group by k.verdict
          ) as x
        )
      )
    ),
    simulation_finish.key
  );
end $$;


ALTER FUNCTION api.simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text) IS 'Ends a running run: the database judges each scenario by the testimony and its own tables, appends checks and issues, and moves the run to held, broken or inconclusive. scenarios: [{scenario, findings [{name, held, observed}], faults [{fault, planned, fired, observed}], conditions [{name, met, witness, required}], figures {}}]. Detail {state, checks {verdict: number}}. Permission simulation.run. Errors SA001–SA006, SA010, SA011, SA014; refusals SA101, SA102, SA104.';


--
-- Name: simulation_start(uuid, text, bigint, text, jsonb, text, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_actor core.actor := identity.bind_session(simulation_start.token);
  v_payload jsonb := jsonb_build_object(
    'command', simulation_start.command, 'seed', simulation_start.seed, 'plan_hash', simulation_start.plan_hash,
    'parameters', simulation_start.parameters, 'tool_version', simulation_start.tool_version
  );
  v_outcome core.outcome;
  v_tenant tenancy.tenant;
  v_run_id uuid := core.uuid_v7();
begin
  if coalesce(simulation_start.plan_hash, '') !~ '^[0-9a-f]{64}$' then
    perform core.fail('SA010', 'plan_hash ' || coalesce(simulation_start.plan_hash, 'null'), 'SHA-256 as 64 hexadecimal digits');
  end if;
  if coalesce(simulation_start.command, '') !~ '^[a-z][a-z-]{1,62}$' then
    perform core.fail('SA010', 'command ' || coalesce(simulation_start.command, 'null'), 'the name of a simulation, such as duplicate-storm');
  end if;
  if simulation_start.seed is null then
    perform core.fail('SA012', 'seed is null', 'seed: the number that the plan was made from');
  end if;
  if jsonb_typeof(simulation_start.parameters) is distinct from 'object' or core.is_name(simulation_start.tool_version) is not true then
    perform core.fail('SA010', 'parameters or tool_version', 'parameters: a JSON object; tool_version: a name');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_start', simulation_start.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select t.* into v_tenant from tenancy.tenant as t where t.tenant_id = v_actor.tenant_id;
  if not v_tenant.is_sandbox then
    return core.finish(ledger.refuse(
      'simulation_start', simulation_start.key, v_payload,
      core.refused('SA116', jsonb_build_object('observed', v_tenant.slug, 'expected', 'a tenant marked as a sandbox'))
    ));
  end if;
  if v_tenant.state <> 'active' then
    return core.finish(ledger.refuse(
      'simulation_start', simulation_start.key, v_payload,
      core.refused('SA107', jsonb_build_object('observed', v_tenant.state, 'expected', 'active'))
    ));
  end if;
  v_outcome := core.claim('simulation_start', simulation_start.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('simulation_start', simulation_start.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;

  insert into simulation.run (tenant_id, id, command, seed, plan_hash, parameters, tool_version)
  values (
    v_actor.tenant_id, v_run_id, simulation_start.command, simulation_start.seed, decode(simulation_start.plan_hash, 'hex'),
    simulation_start.parameters, simulation_start.tool_version
  );
  update simulation.run as r
  set state = 'running', state_via = 'start'
  where r.tenant_id = v_actor.tenant_id and r.id = v_run_id;
  return core.finish(
    core.accepted(
      v_run_id, null,
      jsonb_build_object(
        'state', 'running',
        -- Judgements of the whole tenant: what is broken before the run is not the run's doing.
        'violations_before', (
          select coalesce(jsonb_object_agg(j.judgement, j.violations) filter (where j.violations > 0), '{}')
          from simulation.judge(v_actor.tenant_id, v_run_id, simulation_start.command) as j
        )
      )
    ),
    simulation_start.key
  );
end $_$;


ALTER FUNCTION api.simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text) IS 'Begins a run in the session''s tenant, which has to be an active sandbox: id = run, detail {state, violations_before {judgement: number}}. Permission simulation.run for the whole tenant. Errors SA001–SA006, SA010, SA012; refusals SA102, SA104, SA107, SA116.';


--
-- Name: simulation_testify(uuid, uuid, jsonb, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.simulation_testify(key uuid, run_id uuid, calls jsonb, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_session(simulation_testify.token);
  v_payload jsonb := jsonb_build_object('run_id', simulation_testify.run_id, 'calls', simulation_testify.calls);
  v_outcome core.outcome;
  v_run simulation.run;
  v_count integer;
begin
  if jsonb_typeof(simulation_testify.calls) is distinct from 'array' then
    perform core.fail('SA010', 'calls: ' || coalesce(jsonb_typeof(simulation_testify.calls), 'null'), 'calls: a JSON array of objects');
  end if;
  if not identity.holds('simulation.run') then
    return core.finish(ledger.refuse(
      'simulation_testify', simulation_testify.key, v_payload, core.refused('SA104', '{"expected": "simulation.run"}')
    ));
  end if;
  select r.* into v_run
  from simulation.run as r
  where r.tenant_id = v_actor.tenant_id and r.id = simulation_testify.run_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'run_id ' || coalesce(simulation_testify.run_id::text, 'null'), 'a run of this tenant');
  end if;
  v_outcome := core.claim('simulation_testify', simulation_testify.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('simulation_testify', simulation_testify.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  if v_run.state <> 'running' then
    return core.finish(
      ledger.refuse(
        'simulation_testify', simulation_testify.key, v_payload,
        core.refused('SA101', jsonb_build_object('observed', v_run.state, 'expected', 'running'))
      ),
      simulation_testify.key
    );
  end if;
  begin
    insert into simulation.call (
      tenant_id, run_id, number, scenario, phase, kind, logical, variant, device, command, key, payload_hash, subject_id,
      due_us, invoked_us, ended_us, outcome, code, record_id, revision, answer_hash, tries, doubts
    )
    select
      v_run.tenant_id, v_run.id, c.number, c.scenario, c.phase, c.kind, c.logical, c.variant, c.device, c.command, c.key,
      decode(c.payload_hash, 'hex'), c.subject_id, c.due_us, c.invoked_us, c.ended_us, c.outcome, c.code, c.record_id, c.revision,
      decode(c.answer_hash, 'hex'), c.tries, c.doubts
    from jsonb_to_recordset(simulation_testify.calls) as c (
      number integer, scenario text, phase text, kind text, logical integer, variant integer, device text, command text, key uuid,
      payload_hash text, subject_id uuid, due_us bigint, invoked_us bigint, ended_us bigint, outcome text, code text, record_id uuid,
      revision integer, answer_hash text, tries integer, doubts integer
    );
    get diagnostics v_count = row_count;
  exception
    when data_exception or check_violation or not_null_violation or unique_violation or invalid_parameter_value then
      perform core.fail('SA014', sqlerrm, 'calls as simulation.call describes them, each number once');
  end;
  return core.finish(
    core.accepted(v_run.id, null, jsonb_build_object('calls', v_count)), simulation_testify.key
  );
end $$;


ALTER FUNCTION api.simulation_testify(key uuid, run_id uuid, calls jsonb, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION simulation_testify(key uuid, run_id uuid, calls jsonb, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.simulation_testify(key uuid, run_id uuid, calls jsonb, token text) IS 'Takes the clients'' testimony of a running run: a JSON array with the columns of simulation.call. Detail {calls}. Permission simulation.run. Errors SA001–SA006, SA010, SA011, SA014; refusals SA101, SA102, SA104.';


--
-- Name: tenant_create(uuid, text, text, text, text, text, text, boolean, text, text, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean DEFAULT false, site_code text DEFAULT 'main'::text, site_name text DEFAULT NULL::text, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_actor core.actor := identity.bind_platform(tenant_create.token, 'tenant.create');
  v_payload jsonb := jsonb_build_object(
    'slug', tenant_create.slug, 'name', tenant_create.name, 'platform', tenant_create.platform, 'time_zone', tenant_create.time_zone,
    'admin_login', tenant_create.admin_login, 'admin_name', tenant_create.admin_name, 'is_sandbox', tenant_create.is_sandbox,
    'site_code', tenant_create.site_code, 'site_name', tenant_create.site_name
  );
  v_outcome core.outcome;
  v_tenant_id uuid := core.uuid_v7();
  v_user_id uuid;
begin
  v_outcome := core.claim('tenant_create', tenant_create.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('tenant_create', tenant_create.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  if not exists (select from tenancy.platform as p where p.platform = tenant_create.platform) then
    perform core.fail('SA010', 'platform ' || coalesce(tenant_create.platform, 'null'), 'school or corporate');
  end if;
  if core.is_time_zone(tenant_create.time_zone) is not true then
    perform core.fail('SA010', 'time_zone ' || coalesce(tenant_create.time_zone, 'null'), 'an IANA time zone such as Europe/Brussels');
  end if;
  if coalesce(tenant_create.slug, '') !~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$' then
    perform core.fail('SA010', 'slug ' || coalesce(tenant_create.slug, 'null'), '3 to 40 lower-case letters, digits and hyphens');
  end if;
  if coalesce(tenant_create.admin_login, '') !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then
    perform core.fail('SA010', 'admin_login ' || coalesce(tenant_create.admin_login, 'null'), '3 to 128 lower-case letters, digits and . _ @ + -');
  end if;
  if core.is_name(tenant_create.name) is not true or core.is_name(tenant_create.admin_name) is not true
    or core.is_code(tenant_create.site_code) is not true
    or not coalesce(core.is_name(tenant_create.site_name), true)
  then
    perform core.fail('SA010', 'a name or site_code that is empty, too long or not printable', 'names of 1 to 200 characters, a code of 1 to 64');
  end if;

  perform identity.bind_target(v_tenant_id);
  begin
    insert into tenancy.tenant (tenant_id, slug, name, platform, time_zone, is_sandbox)
    values (
      v_tenant_id, tenant_create.slug, tenant_create.name, tenant_create.platform, tenant_create.time_zone,
      coalesce(tenant_create.is_sandbox, false)
    );
  exception
    when unique_violation then
      perform identity.bind_target(null);
      return core.finish(
        ledger.refuse(
          'tenant_create', tenant_create.key, v_payload,
          core.refused('SA112', jsonb_build_object('observed', 'slug ' || tenant_create.slug, 'expected', 'a slug that no tenant has'))
        ),
        tenant_create.key
      );
  end;
  insert into tenancy.site (tenant_id, code, name, time_zone)
  values (v_tenant_id, tenant_create.site_code, coalesce(tenant_create.site_name, tenant_create.name), tenant_create.time_zone);
  perform attendance.default_codes(v_tenant_id);
  select u.user_id into v_user_id from identity.ensure_users(array[tenant_create.admin_login]) as u;
  insert into identity.membership (tenant_id, user_id, member_number, kind, display_name)
  values (
    v_tenant_id, v_user_id, 'admin', case tenant_create.platform when 'school' then 'staff' else 'hr' end, tenant_create.admin_name
  );
  insert into identity.role_grant (tenant_id, user_id, role)
  values (v_tenant_id, v_user_id, tenant_create.platform || '_admin');
  update tenancy.tenant as t
  set state = 'active', state_via = 'activate'
  where t.tenant_id = v_tenant_id;
  perform identity.bind_target(null);
  return core.finish(
    core.accepted(v_tenant_id, null, jsonb_build_object('slug', tenant_create.slug, 'admin_id', v_user_id, 'state', 'active')),
    tenant_create.key
  );
end $_$;


ALTER FUNCTION api.tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text) IS 'Creates a tenant with its first site, the default codes and its first administrator, and activates it: the checklist is complete by construction. Platform session with tenant.create. Errors SA001–SA006, SA010, SA012, SA104; refusals SA102, SA112 (the slug is taken).';


--
-- Name: tenant_transition(uuid, uuid, text, text, text); Type: FUNCTION; Schema: api; Owner: smartattend_owner
--

CREATE FUNCTION api.tenant_transition(key uuid, tenant_id uuid, via text, reason text DEFAULT NULL::text, token text DEFAULT NULL::text) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := identity.bind_platform(tenant_transition.token, 'tenant.operate');
  v_payload jsonb := jsonb_build_object(
    'tenant_id', tenant_transition.tenant_id, 'via', tenant_transition.via, 'reason', tenant_transition.reason
  );
  v_outcome core.outcome;
  v_from text;
  v_to text;
  v_code text;
begin
  v_outcome := core.claim('tenant_transition', tenant_transition.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse('tenant_transition', tenant_transition.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  perform identity.bind_target(tenant_transition.tenant_id);
  select t.state into v_from
  from tenancy.tenant as t
  where t.tenant_id = tenant_transition.tenant_id
  for no key update;
  if not found then
    perform core.fail('SA011', 'tenant_id ' || coalesce(tenant_transition.tenant_id::text, 'null'), 'a tenant');
  end if;
  select t.to_state into v_to
  from core.transition as t
  where t.machine = 'tenant' and t.from_state = v_from and t.via = tenant_transition.via;
  v_code := case
    when v_to is null then 'SA101'
    -- One session alone never does these; the procedures for approvals, export and retention do.
    when tenant_transition.via in ('reinstate', 'restore', 'purge') then 'SA114'
    when tenant_transition.via in ('archive', 'discard') then 'SA110'
  end;
  v_code := coalesce(v_code, core.transition_refusal('tenant', v_from, v_to, tenant_transition.via, tenant_transition.reason, '{}'));
  if v_code is null and tenant_transition.via = 'activate' and not (
    exists (select from tenancy.site as s where s.tenant_id = tenant_transition.tenant_id)
    and exists (select from attendance.code as c where c.tenant_id = tenant_transition.tenant_id)
    and exists (
      select from identity.role_grant as g
      where g.tenant_id = tenant_transition.tenant_id and g.role in ('school_admin', 'corporate_admin')
        and g.revoked_at is null and g.ends_at > core.clock()
    )
  ) then
    v_code := 'SA110';
  end if;
  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(tenant_transition.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if v_code is null then
    update tenancy.tenant as t
    set state = v_to, state_via = tenant_transition.via, state_reason = tenant_transition.reason
    where t.tenant_id = tenant_transition.tenant_id;
    if exists (
      select from tenancy.gate as before, tenancy.gate as after
      where before.state = v_from and after.state = v_to and before.login = 'all' and after.login <> 'all'
    ) then
      perform identity.revoke_tenant_sessions(tenant_transition.tenant_id, 'tenant is ' || v_to);
    end if;
    v_outcome := core.accepted(tenant_transition.tenant_id, null, jsonb_build_object('from', v_from, 'state', v_to));
  else
    v_outcome := ledger.refuse(
      'tenant_transition', tenant_transition.key, v_payload,
      core.refused(v_code, jsonb_build_object('observed', v_from || ' via ' || coalesce(tenant_transition.via, 'null')))
    );
  end if;
  perform identity.bind_target(null);
  return core.finish(v_outcome, tenant_transition.key);
end $$;


ALTER FUNCTION api.tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text); Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON FUNCTION api.tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text) IS 'Moves a tenant through its lifecycle (smartattend machine show tenant). Leaving a state with log-in revokes the tenant''s login sessions in the same transaction. Platform session with tenant.operate. Errors SA001–SA006, SA011–SA013; refusals SA101, SA102, SA110, SA114.';


--
-- Name: answer_known_key(text, uuid, bytea); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.answer_known_key(kind text, key uuid, payload_hash bytea) RETURNS core.outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_event attendance.event;
  v_repeat core.idempotency;
  v_outcome core.outcome;
begin
  select e.* into v_event
  from attendance.event as e
  where e.tenant_id = core.bound_tenant() and e.key = answer_known_key.key;
  if found and v_event.payload_hash = answer_known_key.payload_hash then
    return attendance.outcome(v_event, 'replayed');
  end if;
  if v_event.key is null then
    select i.* into v_repeat
    from core.idempotency as i
    where i.tenant_id = core.bound_tenant() and i.key = answer_known_key.key;
    if found and v_repeat.payload_hash = answer_known_key.payload_hash then
      v_outcome := v_repeat.outcome;
      v_outcome.status := 'replayed';
      return v_outcome;
    end if;
  end if;
  return ledger.refuse(
    'check_' || answer_known_key.kind, answer_known_key.key, to_jsonb(encode(answer_known_key.payload_hash, 'hex')),
    core.refused(
      'SA102', jsonb_build_object('first_recorded_at', attendance.utc(coalesce(v_event.recorded_at, v_repeat.recorded_at)))
    )
  );
end $$;


ALTER FUNCTION attendance.answer_known_key(kind text, key uuid, payload_hash bytea) OWNER TO smartattend_owner;

--
-- Name: FUNCTION answer_known_key(kind text, key uuid, payload_hash bytea); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.answer_known_key(kind text, key uuid, payload_hash bytea) IS 'The answer for a key that was used before: the first outcome for the same payload, and the refusal SA102, which is kept, for another.';


--
-- Name: business_date(timestamp with time zone, text, interval); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.business_date(instant timestamp with time zone, zone text, day_starts_at interval) RETURNS date
    LANGUAGE sql STABLE
    AS $$ select ((business_date.instant at time zone business_date.zone) - business_date.day_starts_at)::date $$;


ALTER FUNCTION attendance.business_date(instant timestamp with time zone, zone text, day_starts_at interval) OWNER TO smartattend_owner;

--
-- Name: FUNCTION business_date(instant timestamp with time zone, zone text, day_starts_at interval); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.business_date(instant timestamp with time zone, zone text, day_starts_at interval) IS 'The business date of an unscheduled punch: the local date, where a day begins at day_starts_at.';


--
-- Name: capture(core.actor, text, uuid, uuid, attendance.claim); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim) RETURNS core.outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    AS $$
declare
  v_hash bytea;
  v_subject record;
  v_found record;
  v_open attendance.record;
  v_near attendance.record;
  v_first attendance.event;
  v_event attendance.event;
  v_unit_id uuid;
begin
  if capture.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this punch');
  end if;
  if not (claim is null) then
    perform attendance.check_claim(claim);
  end if;
  v_hash := attendance.claim_hash(capture.kind, capture.subject_id, claim);

  -- Lock the person, then look, then read the clock, then write: constraints are the backstop.
  select m.active_from, m.active_until, s.day_starts_at, s.repeat_within, s.online_within, s.open_for_at_most into v_subject
  from identity.membership as m
  inner join tenancy.setting as s on s.tenant_id = m.tenant_id
  where m.tenant_id = actor.tenant_id and m.user_id = capture.subject_id
  for no key update of m;
  if not found then
    perform core.fail('SA011', 'subject_id ' || coalesce(capture.subject_id::text, 'null'), 'a member of this tenant');
  end if;
  v_event.recorded_at := core.clock();
  if claim.claimed_at is null or claim.claimed_at > v_event.recorded_at - v_subject.online_within then
    v_event.effective_at := v_event.recorded_at;
    v_event.basis := 'server';
    v_event.error_us := 0;
  else
    v_event.effective_at := claim.claimed_at;
    v_event.basis := 'claim';
  end if;
  v_event.device_id := coalesce(claim.device_id, actor.device_id);

  if capture.kind = 'in' then
    -- The key, the expected session, its verdict, an open record and one nearby: one statement, each a probe by one index.
    select
      x.session_id,
      x.unit_id,
      d.business_date,
      (
        select c.code
        from attendance.code as c
        where c.tenant_id = actor.tenant_id
          and c.category = case when v_event.effective_at > x.late_after then 'late' else 'present' end
          and c.is_default
      ) as code,
      exists (select from attendance.event as e where e.tenant_id = actor.tenant_id and e.key = capture.key)
      or exists (select from core.idempotency as i where i.tenant_id = actor.tenant_id and i.key = capture.key) as is_known,
      exists (
        select from attendance.record as r
        where r.tenant_id = actor.tenant_id and r.subject_id = capture.subject_id and r.is_open
      )
      or exists (
        select from attendance.record as r
        where r.tenant_id = actor.tenant_id
          and r.subject_id = capture.subject_id
          and r.business_date between d.business_date - 1 and d.business_date + 1
          and r.state <> 'voided'
          and (
            r.session_id = x.session_id
            or r.in_at between v_event.effective_at - v_subject.repeat_within and v_event.effective_at + v_subject.repeat_within
          )
      ) as has_record
    into v_found
    from (select) as one
    left join lateral (
      select x.session_id, x.unit_id, x.business_date, x.late_after
      from attendance.expectation as x
      where x.tenant_id = actor.tenant_id
        and x.subject_id = capture.subject_id
        and x.opens_at between v_event.effective_at - interval '48 hours' and v_event.effective_at
        and x.closes_at >= v_event.effective_at
        and x.withdrawn_at is null
      order by abs(extract(epoch from x.starts_at - v_event.effective_at)), x.starts_at
      limit 1
    ) as x on true
    cross join lateral (
      select case
        when x.business_date is not null then x.business_date
        else attendance.business_date(v_event.effective_at, attendance.subject_zone(v_event.device_id), v_subject.day_starts_at)
      end as business_date
    ) as d;
    if v_found.is_known then
      return attendance.answer_known_key(capture.kind, capture.key, v_hash);
    end if;
    if not v_found.has_record
      and (capture.subject_id = actor.user_id or actor.kind = 'device' or identity.holds('attendance.capture'))
      and v_subject.active_from <= v_event.effective_at and coalesce(v_subject.active_until, 'infinity') > v_event.effective_at
    then
      -- A person who comes in, and nothing to weigh: one event, and the record that it names with its own key.
      v_event.record_id := capture.key;
      with event as (
        insert into attendance.event (
          tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, business_date,
          actor_id, login_session_id, payload_hash, claimed_at, claimed_zone, device_id, boot_id, sequence_number, monotonic_us,
          latitude, longitude, accuracy_m, evidence, effective_at, error_us, basis, recorded_at, elapsed_us
        )
        values (
          actor.tenant_id, capture.key, 'in', capture.subject_id, v_found.session_id, v_event.record_id, 1, 'recorded', v_found.code,
          v_event.effective_at, v_found.business_date, actor.user_id, actor.session_id, v_hash, claim.claimed_at, claim.claimed_zone,
          v_event.device_id, claim.boot_id, claim.sequence_number, claim.monotonic_us, claim.latitude, claim.longitude,
          claim.accuracy_m, claim.evidence, v_event.effective_at, v_event.error_us, v_event.basis, v_event.recorded_at,
          extract(epoch from core.clock() - actor.bound_at) * 1000000
        )
        on conflict on constraint event_pkey do nothing
        returning true
      )
      insert into attendance.record (
        tenant_id, id, subject_id, session_id, unit_id, business_date, state, state_via, code, revision, is_open, in_at
      )
      select
        actor.tenant_id, v_event.record_id, capture.subject_id, v_found.session_id, v_found.unit_id, v_found.business_date, 'recorded',
        'capture', v_found.code, 1, true, v_event.effective_at
      from event;
      if not found then
        return attendance.answer_known_key(capture.kind, capture.key, v_hash);
      end if;
      return core.accepted(
        v_event.record_id, 1,
        attendance.detail(
          v_found.session_id, 'recorded', v_found.code, v_found.business_date, v_event.effective_at, v_event.basis
        )
      );
    end if;
    v_event.session_id := v_found.session_id;
    v_event.business_date := v_found.business_date;
    v_event.code := v_found.code;
    v_event.in_at := v_event.effective_at;
    v_unit_id := v_found.unit_id;
    select r.* into v_open
    from attendance.record as r
    where r.tenant_id = actor.tenant_id and r.subject_id = capture.subject_id and r.is_open;
    select r.* into v_near
    from attendance.record as r
    where r.tenant_id = actor.tenant_id
      and r.subject_id = capture.subject_id
      and r.business_date between v_event.business_date - 1 and v_event.business_date + 1
      and r.state <> 'voided'
      and (
        r.session_id = v_event.session_id
        or r.in_at between v_event.effective_at - v_subject.repeat_within and v_event.effective_at + v_subject.repeat_within
      )
    order by (r.session_id is not distinct from v_event.session_id) desc
    limit 1;
  else
    perform from attendance.event as e where e.tenant_id = actor.tenant_id and e.key = capture.key
    union all
    select from core.idempotency as i where i.tenant_id = actor.tenant_id and i.key = capture.key;
    if found then
      return attendance.answer_known_key(capture.kind, capture.key, v_hash);
    end if;
    select r.* into v_open
    from attendance.record as r
    where r.tenant_id = actor.tenant_id and r.subject_id = capture.subject_id and r.is_open;
    v_event.business_date := coalesce(
      v_open.business_date,
      attendance.business_date(v_event.effective_at, attendance.subject_zone(v_event.device_id), v_subject.day_starts_at)
    );
    v_unit_id := v_open.unit_id;
  end if;

  if not (
    capture.subject_id = actor.user_id
    or actor.kind = 'device'
    or identity.holds('attendance.capture')
    or (v_unit_id is not null and identity.holds('attendance.capture', v_unit_id))
  ) then
    return ledger.refuse(
      'check_' || capture.kind, capture.key, to_jsonb(encode(v_hash, 'hex')),
      core.refused('SA104', jsonb_build_object('expected', 'attendance.capture'))
    );
  end if;

  -- The same direction again within a minute is the same punch, whatever its key.
  if capture.kind = 'out' and v_open.id is null or coalesce(v_open.id, v_near.id) is not null and capture.kind = 'in' then
    select e.* into v_first
    from attendance.record as r
    inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id
    where r.tenant_id = actor.tenant_id
      and r.subject_id = capture.subject_id
      and r.business_date between v_event.business_date - 2 and v_event.business_date + 1
      and r.state <> 'voided'
      and e.kind = capture.kind
      and e.effective_at between v_event.effective_at - v_subject.repeat_within and v_event.effective_at + v_subject.repeat_within
    order by e.recorded_at desc
    limit 1;
    if found then
      return attendance.repeat(capture.kind, capture.key, v_hash, v_first);
    end if;
  end if;

  if capture.kind = 'in' then
    if v_near.session_id = v_event.session_id then
      -- Back in the same session: the first arrival and its verdict stay, unless the verdict was an absence.
      if v_near.state in ('recorded', 'flagged') then
        v_event.record_id := v_near.id;
        v_event.revision := v_near.revision + 1;
        v_event.state := v_near.state;
        v_event.in_at := coalesce(v_near.in_at, v_event.effective_at);
        v_event.code := case when v_near.code is null or v_near.in_at is null then v_event.code else v_near.code end;
      else
        v_event.code := null;
        v_event.in_at := null;
      end if;
    else
      v_event.record_id := capture.key;
      v_event.revision := 1;
      if v_subject.active_from <= v_event.effective_at and coalesce(v_subject.active_until, 'infinity') > v_event.effective_at then
        v_event.state := 'recorded';
      else
        v_event.state := 'flagged';
        v_event.reason_code := 'F20';
      end if;
    end if;
  elsif v_event.effective_at between v_open.in_at and v_open.in_at + v_subject.open_for_at_most then
    v_event.session_id := v_open.session_id;
    v_event.record_id := v_open.id;
    v_event.revision := v_open.revision + 1;
    v_event.code := v_open.code;
    v_event.in_at := v_open.in_at;
    v_event.out_at := v_event.effective_at;
    v_event.state := v_open.state;
    if v_open.state in ('recorded', 'verified') and exists (
      select from attendance.record as r
      where r.tenant_id = actor.tenant_id
        and r.subject_id = capture.subject_id
        and r.business_date between v_open.business_date - 3 and v_open.business_date + 3
        and r.id <> v_open.id
        and r.state in ('recorded', 'verified')
        and r.in_at < v_event.out_at
        and r.out_at > v_open.in_at
        and r.in_at < r.out_at
    ) then
      v_event.state := 'flagged';
      v_event.reason_code := 'F17';
      v_event.reason := 'two places at once: the presence overlaps another record';
    end if;
  end if;

  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason_code, reason,
    actor_id, login_session_id, payload_hash, claimed_at, claimed_zone, device_id, boot_id, sequence_number, monotonic_us,
    latitude, longitude, accuracy_m, evidence, effective_at, error_us, basis, recorded_at, elapsed_us
  )
  values (
    actor.tenant_id, capture.key, capture.kind, capture.subject_id, v_event.session_id, v_event.record_id, v_event.revision,
    v_event.state, v_event.code, v_event.in_at, v_event.out_at, v_event.business_date, v_event.reason_code, v_event.reason,
    actor.user_id, actor.session_id, v_hash, claim.claimed_at, claim.claimed_zone, v_event.device_id,
    claim.boot_id, claim.sequence_number, claim.monotonic_us, claim.latitude, claim.longitude, claim.accuracy_m, claim.evidence,
    v_event.effective_at, v_event.error_us, v_event.basis, v_event.recorded_at,
    extract(epoch from core.clock() - actor.bound_at) * 1000000
  )
  on conflict on constraint event_pkey do nothing;
  if not found then
    -- The same key was in flight for another person: its winner is visible to a new statement only.
    return attendance.answer_known_key(capture.kind, capture.key, v_hash);
  end if;

  if capture.kind = 'in' and v_open.id is not null and v_open.id is distinct from v_near.id then
    -- An IN over an open record of something else ends that one without an OUT (F22); not before the key is this punch's.
    v_first := attendance.revise(
      v_open, 'flag', core.derived_key(capture.key, 'F22'), v_hash, 'F22', 'a check-in elsewhere ended this record without a check-out'
    );
    if v_first.key is null then
      perform core.fail('SA102', 'the key that is derived from this one for F22', 'a key whose derived keys are unused');
    end if;
  end if;
  if v_event.revision = 1 then
    insert into attendance.record (
      tenant_id, id, subject_id, session_id, unit_id, business_date, state, state_via, code, revision, is_open, in_at
    )
    values (
      actor.tenant_id, v_event.record_id, capture.subject_id, v_event.session_id, v_unit_id, v_event.business_date,
      v_event.state, 'capture', v_event.code, 1, true, v_event.in_at
    );
  elsif v_event.revision > 1 then
    update attendance.record as r
    set revision = v_event.revision,
      code = v_event.code,
      is_open = v_event.out_at is null,
      in_at = v_event.in_at,
      out_at = v_event.out_at,
      state = v_event.state,
      state_via = case when v_event.state <> r.state then 'flag' else r.state_via end,
      state_reason = case when v_event.state <> r.state then v_event.reason else r.state_reason end
    where r.tenant_id = actor.tenant_id and r.id = v_event.record_id;
  end if;
  return attendance.outcome(v_event);
end $$;


ALTER FUNCTION attendance.capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim) OWNER TO smartattend_owner;

--
-- Name: FUNCTION capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim) IS 'Takes one punch (kind in or out) of a person: locks the person, answers a known key, matches the session, inserts one event with its complete result and the record it makes (named by the event''s key) or moves on. Callers have bound the session of the actor. Errors SA010, SA011, SA012; refusals SA102, SA104.';


--
-- Name: capture_simple(jsonb); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.capture_simple(entries jsonb) RETURNS core.batch_outcome[]
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := core.actor();
  v_punches attendance.simple_punch[];
  v_keys uuid[];
begin
  v_punches := array(select p from attendance.simple_punches(capture_simple.entries) as p);
  with written as (
    insert into attendance.event (
      tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, business_date,
      actor_id, login_session_id, payload_hash, claimed_at, device_id, boot_id, sequence_number, monotonic_us,
      latitude, longitude, accuracy_m, effective_at, error_us, basis, elapsed_us
    )
    select
      v_actor.tenant_id, p.key, 'in', p.subject_id, p.session_id, p.record_id, 1, 'recorded', p.code, p.effective_at, p.business_date,
      v_actor.user_id, v_actor.session_id, p.payload_hash, (p.claim).claimed_at, coalesce((p.claim).device_id, v_actor.device_id),
      (p.claim).boot_id, (p.claim).sequence_number, (p.claim).monotonic_us, (p.claim).latitude, (p.claim).longitude,
      (p.claim).accuracy_m, p.effective_at, case when p.basis = 'server' then 0 end, p.basis,
      extract(epoch from core.clock() - v_actor.bound_at) * 1000000 / greatest(cardinality(v_punches), 1)
    from unnest(v_punches) as p
    on conflict on constraint event_pkey do nothing
    returning key
  )
  select array_agg(w.key) into v_keys from written as w;
  if cardinality(v_keys) is distinct from cardinality(v_punches) then
    -- A key was in flight elsewhere: that entry is weighed by itself.
    v_punches := array(select p from unnest(v_punches) as p where p.key = any (v_keys));
  end if;
  insert into attendance.record (
    tenant_id, id, subject_id, session_id, unit_id, business_date, state, state_via, code, revision, is_open, in_at
  )
  select
    v_actor.tenant_id, p.record_id, p.subject_id, p.session_id, p.unit_id, p.business_date, 'recorded', 'capture', p.code, 1, true,
    p.effective_at
  from unnest(v_punches) as p;
  return array(
    select (
      p.ordinal, p.key_text, 'accepted', null, null, p.record_id, 1,
      attendance.detail(p.session_id, 'recorded', p.code, p.business_date, p.effective_at, p.basis)
    )::core.batch_outcome
    from unnest(v_punches) as p
  );
end $$;


ALTER FUNCTION attendance.capture_simple(entries jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION capture_simple(entries jsonb); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.capture_simple(entries jsonb) IS 'Takes the simple check-ins of a batch in one statement a table and answers their outcomes; the rest is attendance.capture''s.';


--
-- Name: check_claim(attendance.claim); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.check_claim(claim attendance.claim) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if claim.claimed_at is not null
    and not (claim.claimed_at >= timestamptz '1970-01-01 00:00+00' and claim.claimed_at < timestamptz '2200-01-01 00:00+00')
  then
    perform core.fail('SA010', 'claimed_at ' || claim.claimed_at::text, 'an instant from 1970 to 2199');
  end if;
  if claim.claimed_zone is not null and not core.is_time_zone(claim.claimed_zone) then
    perform core.fail('SA010', 'claimed_zone ' || claim.claimed_zone, 'an IANA time zone');
  end if;
  if num_nulls(claim.latitude, claim.longitude) = 1
    or not coalesce(claim.latitude between -90 and 90 and claim.longitude between -180 and 180, true)
    or not coalesce(claim.accuracy_m between 0 and 1000000, true)
  then
    perform core.fail(
      'SA010', format('place %s, %s, %s m', claim.latitude, claim.longitude, claim.accuracy_m),
      'latitude −90 to 90 with longitude −180 to 180, accuracy_m 0 to 1,000,000'
    );
  end if;
  if not coalesce(claim.sequence_number >= 0 and claim.monotonic_us >= 0, claim.sequence_number >= 0, claim.monotonic_us >= 0, true) then
    perform core.fail('SA010', 'a negative sequence_number or monotonic_us', 'zero or more');
  end if;
  if claim.evidence is not null and (jsonb_typeof(claim.evidence) <> 'object' or octet_length(claim.evidence::text) > 8192) then
    perform core.fail('SA010', 'evidence of ' || octet_length(claim.evidence::text) || ' bytes', 'a JSON object of at most 8,192 bytes');
  end if;
  if claim.device_id is not null and not exists (
    select from timing.device as d
    where d.tenant_id = (core.actor()).tenant_id and d.id = claim.device_id and d.retired_at is null
  ) then
    perform core.fail('SA011', 'device_id ' || claim.device_id::text, 'a device of this tenant that is in service');
  end if;
end $$;


ALTER FUNCTION attendance.check_claim(claim attendance.claim) OWNER TO smartattend_owner;

--
-- Name: FUNCTION check_claim(claim attendance.claim); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.check_claim(claim attendance.claim) IS 'Raises SA010 or SA011 for a claim that is malformed. A wrong clock is not malformed: years from 1970 to 2199 are kept and judged.';


--
-- Name: claim_hash(text, uuid, attendance.claim); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.claim_hash(kind text, subject_id uuid, claim attendance.claim) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
  select pg_catalog.sha256(pg_catalog.convert_to(
    row(
      claim_hash.kind, claim_hash.subject_id, extract(epoch from (claim_hash.claim).claimed_at), (claim_hash.claim).claimed_zone,
      (claim_hash.claim).device_id, (claim_hash.claim).boot_id, (claim_hash.claim).sequence_number, (claim_hash.claim).monotonic_us,
      (claim_hash.claim).latitude::numeric, (claim_hash.claim).longitude::numeric, (claim_hash.claim).accuracy_m::numeric,
      (claim_hash.claim).evidence
    )::text,
    'UTF8'
  ))
$$;


ALTER FUNCTION attendance.claim_hash(kind text, subject_id uuid, claim attendance.claim) OWNER TO smartattend_owner;

--
-- Name: FUNCTION claim_hash(kind text, subject_id uuid, claim attendance.claim); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.claim_hash(kind text, subject_id uuid, claim attendance.claim) IS 'SHA-256 of what the caller sent, independent of the settings of its connection.';


--
-- Name: default_codes(uuid); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.default_codes(tenant_id uuid) RETURNS void
    LANGUAGE sql
    AS $$
  insert into attendance.code
    (tenant_id, code, name, category, presence_value, in_denominator, counts_tardy, paid, requires_reason, edfi_category, is_default)
  values
    (default_codes.tenant_id, 'P', 'Present', 'present', 1, true, false, true, false, 'In Attendance', true),
    (default_codes.tenant_id, 'L', 'Late', 'late', 1, true, true, true, false, 'Tardy', true),
    (default_codes.tenant_id, 'LE', 'Left early', 'left_early', 1, true, false, true, false, 'Early departure', true),
    (default_codes.tenant_id, 'PT', 'Partial', 'partial', 0.5, true, false, true, false, 'Partial', true),
    (default_codes.tenant_id, 'AE', 'Absent, excused', 'absent_excused', 0, true, false, false, false, 'Excused Absence', true),
    (default_codes.tenant_id, 'AU', 'Absent, unexcused', 'absent_unexcused', 0, true, false, false, false, 'Unexcused Absence', true),
    (default_codes.tenant_id, 'AP', 'Approved elsewhere', 'approved_elsewhere', 1, true, false, true, true, null, true),
    (default_codes.tenant_id, 'NR', 'Not required', 'not_required', 0, false, false, true, false, null, true)
$$;


ALTER FUNCTION attendance.default_codes(tenant_id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION default_codes(tenant_id uuid); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.default_codes(tenant_id uuid) IS 'The codes that a new tenant starts with, one default for each category.';


--
-- Name: detail(uuid, text, text, date, timestamp with time zone, text); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.detail(session_id uuid, state text, code text, business_date date, effective_at timestamp with time zone, basis text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select pg_catalog.jsonb_build_object(
    'session_id', detail.session_id,
    'state', detail.state,
    'code', detail.code,
    'business_date', detail.business_date,
    'effective_at', attendance.utc(detail.effective_at),
    'basis', detail.basis
  )
$$;


ALTER FUNCTION attendance.detail(session_id uuid, state text, code text, business_date date, effective_at timestamp with time zone, basis text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION detail(session_id uuid, state text, code text, business_date date, effective_at timestamp with time zone, basis text); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.detail(session_id uuid, state text, code text, business_date date, effective_at timestamp with time zone, basis text) IS 'The detail of a punch''s outcome.';


--
-- Name: clock(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.clock() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$ select pg_catalog.clock_timestamp() $$;


ALTER FUNCTION core.clock() OWNER TO smartattend_owner;

--
-- Name: FUNCTION clock(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.clock() IS 'The only clock in bodies and defaults. Volatile: a procedure reads it once, after its locks, into a variable. A test replaces it inside its own rolled-back transaction; no setting lets a session choose the time.';


SET default_table_access_method = heap;

--
-- Name: event; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.event (
    tenant_id uuid NOT NULL,
    key uuid NOT NULL,
    kind attendance.event_kind NOT NULL,
    subject_id uuid NOT NULL,
    session_id uuid,
    record_id uuid,
    revision integer,
    state attendance.record_state,
    code text,
    in_at timestamp with time zone,
    out_at timestamp with time zone,
    business_date date NOT NULL,
    reason_code text,
    reason text,
    actor_id uuid,
    login_session_id uuid,
    requester_id uuid,
    approver_id uuid,
    base_revision integer,
    payload_hash core.sha256 NOT NULL,
    claimed_at timestamp with time zone,
    claimed_zone text,
    device_id uuid,
    boot_id uuid,
    sequence_number bigint,
    monotonic_us bigint,
    latitude double precision,
    longitude double precision,
    accuracy_m double precision,
    evidence jsonb,
    effective_at timestamp with time zone,
    error_us bigint,
    basis attendance.time_basis,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    elapsed_us bigint,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT approver_is_not_the_requester CHECK ((approver_id <> requester_id)),
    CONSTRAINT it_ends_after_it_begins CHECK ((out_at >= in_at))
);

ALTER TABLE ONLY attendance.event FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.event OWNER TO smartattend_owner;

--
-- Name: TABLE event; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.event IS 'Everything that was ever claimed about or done to attendance, append-only. Carries its own idempotency key and the complete result: the record, the revision it made, its state, code and presence; null where a claim matched nothing.';


--
-- Name: COLUMN event.effective_at; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.event.effective_at IS 'The instant that counts, with its error (microseconds) and its basis: server receipt, monotonic anchor, measured offset, or the bare claim.';


--
-- Name: COLUMN event.recorded_at; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.event.recorded_at IS 'Receipt, by the database''s clock, read after the subject was locked.';


--
-- Name: is_whole(attendance.event); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.is_whole(event attendance.event) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if num_nulls(event.record_id, event.revision, event.state) not in (0, 3) or event.revision < 1 or event.error_us < 0 then
    return false;
  end if;
  -- Branches, not one expression: only what is reached is prepared.
  if event.kind in ('in', 'out') then
    return num_nulls(event.effective_at, event.basis) = 0;
  elsif event.kind in ('mark', 'import') then
    return event.code is not null;
  elsif event.kind in ('verify', 'late_evidence') then
    return event.record_id is not null;
  elsif event.kind = 'absence' then
    return num_nulls(event.record_id, event.code) = 0;
  elsif event.kind in ('correction', 'revert') then
    return num_nulls(event.record_id, event.reason, event.requester_id, event.approver_id, event.base_revision) = 0;
  end if;
  return num_nulls(event.record_id, event.reason) = 0;
end $$;


ALTER FUNCTION attendance.is_whole(event attendance.event) OWNER TO smartattend_owner;

--
-- Name: FUNCTION is_whole(event attendance.event); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.is_whole(event attendance.event) IS 'Whether an event carries what its kind needs: a punch its time and basis, a mark its code, a decision its record, holding and voiding a reason, a correction its requester, approver and base revision; a revision has record, number from 1 and state. One function, since PostgreSQL reads the text of a table''s checks anew in every insert, and keeps a function parsed.';


--
-- Name: judge_marks(text, attendance.mark[]); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.judge_marks(kind text, marks attendance.mark[]) RETURNS attendance.judged_mark[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select array(
    select (
      j.ordinal, j.key_text, j.key, j.subject_id, j.session_id, j.unit_id, j.business_date, j.code,
      coalesce(j.arrived_at, j.record_in_at), j.record_out_at,
      coalesce(j.record_is_open, false) and not j.is_absence,
      j.reason, j.evidence, j.payload_hash,
      coalesce(j.fault_code, case j.change when 'reused' then 'SA102' when 'taken' then 'SA112' end),
      coalesce(
        j.fault,
        case j.change
          when 'reused' then jsonb_build_object('observed', 'another payload under this key')
          when 'taken' then jsonb_build_object('observed', j.code, 'expected', coalesce(j.record_code, first_value(j.code) over same))
        end
      ),
      case when j.change in ('reused', 'taken') then 'faulty' else j.change end,
      -- A known key answers what it answered the first time, whatever has become of the record since.
      case when j.change = 'known' then j.known_id else coalesce(j.record_id, first_value(j.new_id) over same) end,
      case j.change
        when 'known' then j.known_revision
        when 'revised' then j.record_revision + 1
        when 'created' then 1
        else coalesce(j.record_revision, 1)
      end,
      case when j.change = 'known' then j.known_state else coalesce(j.record_state, 'recorded') end
    )::attendance.judged_mark
    from (
      select
        m.*,
        r.id as record_id, r.revision as record_revision, r.state as record_state, r.code as record_code, r.in_at as record_in_at,
        r.out_at as record_out_at, r.is_open as record_is_open,
        m.key as new_id,
        case
          when m.fault_code is not null then 'faulty'
          when m.turn > 1 and m.agrees then 'repeated'
          when m.turn > 1 then 'taken'
          when m.known then 'known'
          when m.known is false and judge_marks.kind = 'import' then 'taken'
          when m.known is false then 'reused'
          when r.id is null then 'created'
          when r.code is not distinct from m.code and (m.arrived_at is null or m.arrived_at is not distinct from r.in_at) then 'same'
          when judge_marks.kind = 'mark' and r.state = 'recorded' then 'revised'
          else 'taken'
        end as change
      from (
        select
          h.*,
          row_number() over (partition by h.fault_code is null, h.session_id, h.subject_id order by h.ordinal) as turn,
          first_value(h.payload_hash) over (partition by h.fault_code is null, h.session_id, h.subject_id order by h.ordinal)
          = h.payload_hash as agrees,
          k.payload_hash = h.payload_hash as known,
          k.record_id as known_id, k.revision as known_revision, k.state as known_state
        from (
          select
            m.ordinal, m.key_text, m.key, m.subject_id, m.session_id, m.unit_id, m.business_date, m.code, m.arrived_at, m.reason, m.evidence,
            sha256(convert_to(
              row(judge_marks.kind, m.subject_id, m.session_id, m.code, extract(epoch from m.arrived_at), m.reason, m.evidence)::text, 'UTF8'
            )) as payload_hash,
            coalesce(c.is_absence, false) as is_absence,
            coalesce(
              m.fault_code,
              case
                when not p.is_member then 'SA011'
                when c.code is null then 'SA111'
                when c.permission is not null and not identity.holds(c.permission, m.unit_id) then 'SA111'
                when c.requires_reason and core.is_reason(m.reason) is not true then 'SA013'
              end
            ) as fault_code,
            coalesce(
              m.fault,
              case
                when not p.is_member then jsonb_build_object('observed', m.key_text, 'expected', 'a member of this tenant')
                when c.code is null or c.permission is not null then
                  jsonb_build_object('observed', left(m.code, 64), 'expected', 'an open attendance code that this session may use')
                when c.requires_reason and core.is_reason(m.reason) is not true then
                  jsonb_build_object('observed', left(m.reason, 64), 'expected', 'a reason of at least 10 characters')
              end
            ) as fault
          from unnest(judge_marks.marks) as m
          cross join lateral (
            select exists (
              select from identity.membership as b where b.tenant_id = core.bound_tenant() and b.user_id = m.subject_id
            ) as is_member
            offset 0
          ) as p
          left join lateral (
            select k.code, k.permission, k.requires_reason, g.is_absence
            from attendance.code as k
            inner join attendance.category as g on g.category = k.category
            where k.tenant_id = core.bound_tenant() and k.code = m.code
              and k.valid_from <= core.clock() and k.valid_until > core.clock()
            limit 1
          ) as c on true
        ) as h
        left join lateral (
          select e.payload_hash, e.record_id, e.revision, e.state
          from attendance.event as e
          where e.tenant_id = core.bound_tenant() and e.key = h.key
          limit 1
        ) as k on true
      ) as m
      left join lateral (
        select r.*
        from attendance.record as r
        where r.tenant_id = core.bound_tenant()
          and r.session_id = m.session_id
          and r.subject_id = m.subject_id
          and r.state <> 'voided'
        limit 1
      ) as r on true
    ) as j
    window same as (partition by j.fault_code is null, j.session_id, j.subject_id order by j.ordinal)
    order by j.ordinal
  )
$$;


ALTER FUNCTION attendance.judge_marks(kind text, marks attendance.mark[]) OWNER TO smartattend_owner;

--
-- Name: FUNCTION judge_marks(kind text, marks attendance.mark[]); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.judge_marks(kind text, marks attendance.mark[]) IS 'Judges the marks of a register (kind mark) or an import (kind import) against what is recorded; writes nothing. The caller has locked the people.';


--
-- Name: mark_outcomes(attendance.judged_mark[]); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.mark_outcomes(marks attendance.judged_mark[]) RETURNS SETOF core.batch_outcome
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select (
    m.ordinal, m.key_text,
    case when m.change = 'faulty' then 'refused' when m.change in ('created', 'revised') then 'accepted' else 'replayed' end,
    m.fault_code, (select e.meaning from core.error_code as e where e.code = m.fault_code),
    case when m.change <> 'faulty' then m.record_id end,
    case when m.change <> 'faulty' then m.revision end,
    case
      when m.change = 'faulty' then m.fault
      else attendance.detail(m.session_id, m.state, m.code, m.business_date, null, null)
    end
  )::core.batch_outcome
  from unnest(mark_outcomes.marks) as m
  order by m.ordinal
$$;


ALTER FUNCTION attendance.mark_outcomes(marks attendance.judged_mark[]) OWNER TO smartattend_owner;

--
-- Name: FUNCTION mark_outcomes(marks attendance.judged_mark[]); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.mark_outcomes(marks attendance.judged_mark[]) IS 'One outcome for each mark, in their order.';


--
-- Name: move_register(text, uuid, uuid, text, text); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.move_register(command text, key uuid, session_id uuid, via text, reason text) RETURNS core.outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := core.actor();
  v_payload jsonb := jsonb_build_object('session_id', move_register.session_id, 'reason', move_register.reason);
  v_outcome core.outcome;
  v_register record;
  v_transition core.transition;
  v_code text;
begin
  v_outcome := core.claim(move_register.command, move_register.key, v_payload);
  if v_outcome.status = 'refused' then
    return core.finish(ledger.refuse(move_register.command, move_register.key, v_payload, v_outcome));
  elsif v_outcome.status is not null then
    return core.finish(v_outcome);
  end if;
  if exists (
    select from attendance.event as e where e.tenant_id = v_actor.tenant_id and e.key = move_register.key
  ) then
    return core.finish(
      ledger.refuse(move_register.command, move_register.key, v_payload, core.refused('SA102')), move_register.key
    );
  end if;
  select r.state, s.unit_id into v_register
  from attendance.register as r
  inner join attendance.session as s on s.tenant_id = r.tenant_id and s.id = r.session_id
  where r.tenant_id = v_actor.tenant_id and r.session_id = move_register.session_id
  for no key update of r;
  if not found then
    perform core.fail('SA011', 'session_id ' || coalesce(move_register.session_id::text, 'null'), 'a session of this tenant');
  end if;
  select t.* into v_transition
  from core.transition as t
  where t.machine = 'register' and t.via = move_register.via and t.from_state = v_register.state;
  if not found then
    v_code := 'SA101';
  elsif not identity.holds(v_transition.permission, v_register.unit_id) then
    v_code := 'SA104';
  else
    v_code := core.transition_refusal(
      'register', v_register.state, v_transition.to_state, move_register.via, move_register.reason, '{}'
    );
  end if;
  if v_code = 'SA013' then
    perform core.fail('SA013', coalesce(move_register.reason, 'null'), 'a reason of at least 10 characters');
  elsif v_code is not null then
    return core.finish(
      ledger.refuse(
        move_register.command, move_register.key, v_payload,
        core.refused(v_code, jsonb_build_object('observed', 'a register that is ' || v_register.state, 'expected', move_register.via))
      ),
      move_register.key
    );
  end if;
  update attendance.register as r
  set state = v_transition.to_state, state_via = move_register.via, state_reason = move_register.reason
  where r.tenant_id = v_actor.tenant_id and r.session_id = move_register.session_id;
  return core.finish(
    core.accepted(move_register.session_id, null, jsonb_build_object('from', v_register.state, 'state', v_transition.to_state)),
    move_register.key
  );
end $$;


ALTER FUNCTION attendance.move_register(command text, key uuid, session_id uuid, via text, reason text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION move_register(command text, key uuid, session_id uuid, via text, reason text); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.move_register(command text, key uuid, session_id uuid, via text, reason text) IS 'Moves a register by one transition of its machine; the permission is the transition''s, in the session''s unit. Errors SA011, SA012, SA013; refusals SA101, SA102, SA104.';


--
-- Name: outcome(attendance.event, text); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.outcome(event attendance.event, status text DEFAULT 'accepted'::text) RETURNS core.outcome
    LANGUAGE sql STABLE
    AS $$
  select (
    outcome.status, null, null, (outcome.event).record_id, (outcome.event).revision,
    attendance.detail(
      (outcome.event).session_id, (outcome.event).state, (outcome.event).code, (outcome.event).business_date,
      (outcome.event).effective_at, (outcome.event).basis
    )
  )::core.outcome
$$;


ALTER FUNCTION attendance.outcome(event attendance.event, status text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION outcome(event attendance.event, status text); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.outcome(event attendance.event, status text) IS 'The outcome that an event stands for: it carries its complete result, so that a replay is read from the event alone.';


--
-- Name: plan_sessions(text, date, date, uuid, attendance.planned_session[]); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.plan_sessions(source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]) RETURNS TABLE(sessions integer, expectations integer, withdrawn integer)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_tenant_id uuid := core.bound_tenant();
  v_now timestamptz := core.clock();
  v_setting tenancy.setting;
  v_coming uuid[];
begin
  select t.* into strict v_setting from tenancy.setting as t where t.tenant_id = v_tenant_id;

  with session as (
    insert into attendance.session (
      tenant_id, site_id, unit_id, kind, source, source_id, name, business_date, time_zone, starts_at, ends_at, opens_at, closes_at, late_after
    )
    select distinct on (p.unit_id, p.kind, w.starts_at)
      v_tenant_id, p.site_id, p.unit_id, p.kind, plan_sessions.source, p.source_id, p.name, p.local_start::date, p.time_zone,
      w.starts_at, w.ends_at, w.opens_at, w.closes_at, w.late_after
    from unnest(plan_sessions.planned) as p
    cross join lateral attendance.session_window(p, v_setting) as w
    order by p.unit_id, p.kind, w.starts_at, w.ends_at desc
    on conflict on constraint session_is_unique_by_unit_kind_and_start do nothing
    returning id
  ), register as (
    insert into attendance.register (tenant_id, session_id)
    select v_tenant_id, s.id from session as s
  )
  select count(*) into sessions from session;

  -- Only for registers that nobody has submitted yet: what was taken stays as it was taken.
  insert into attendance.expectation as e (
    tenant_id, subject_id, session_id, source, unit_id, business_date, starts_at, ends_at, opens_at, closes_at, late_after
  )
  select
    v_tenant_id, x.subject_id, s.id, plan_sessions.source, p.unit_id, p.local_start::date, w.starts_at, w.ends_at, w.opens_at, w.closes_at,
    w.late_after
  from unnest(plan_sessions.planned) as p
  cross join lateral attendance.session_window(p, v_setting) as w
  cross join lateral (
    select s.id
    from attendance.session as s
    inner join attendance.register as r on r.tenant_id = s.tenant_id and r.session_id = s.id
    where s.tenant_id = v_tenant_id
      and s.unit_id = p.unit_id
      and s.kind = p.kind
      and s.starts_at = w.starts_at
      and r.state in ('scheduled', 'open')
    limit 1
  ) as s
  cross join lateral unnest(p.subject_ids) as x (subject_id)
  on conflict on constraint expectation_pkey do update set
    withdrawn_at = null
  where e.withdrawn_at is not null and e.source = excluded.source;
  get diagnostics expectations = row_count;

  -- Whom the plan no longer has is no longer expected, in sessions that have not begun.
  v_coming := array(
    select s.id
    from attendance.session as s
    inner join tenancy.unit as u on u.tenant_id = s.tenant_id and u.id = s.unit_id
    where s.tenant_id = v_tenant_id
      and s.business_date between plan_sessions.from_date and plan_sessions.to_date
      and s.source = plan_sessions.source
      and s.opens_at > v_now
      and (plan_sessions.unit_id is null or plan_sessions.unit_id = any (u.ancestors))
  );
  withdrawn := 0;
  if v_coming <> '{}' then
    update attendance.expectation as e
    set withdrawn_at = v_now
    where e.tenant_id = v_tenant_id
      and e.session_id = any (v_coming)
      and e.source = plan_sessions.source
      and e.withdrawn_at is null
      and (e.unit_id, e.starts_at, e.subject_id) not in (
        select p.unit_id, w.starts_at, x.subject_id
        from unnest(plan_sessions.planned) as p
        cross join lateral attendance.session_window(p, v_setting) as w
        cross join lateral unnest(p.subject_ids) as x (subject_id)
      );
    get diagnostics withdrawn = row_count;
  end if;
  return next;
end $$;


ALTER FUNCTION attendance.plan_sessions(source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]) OWNER TO smartattend_owner;

--
-- Name: FUNCTION plan_sessions(source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.plan_sessions(source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]) IS 'Makes the sessions of a plan with their registers (scheduled) and expectations, one statement a table, and counts what it made; what is there already stays, so that a repeat makes nothing. The plan is the whole of a source (timetable, shift) for a unit with everything beneath it (null: the tenant) from from_date to to_date, both included: expectations that it no longer has are withdrawn where the session has not begun, and come back when it has them again. Sessions of one unit and kind that start together are one session that ends with the last; each person is expected until the own end.';


--
-- Name: read_import(jsonb); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.read_import(entries jsonb) RETURNS attendance.import_entry[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
  select array(
    select (
      a.ordinal::integer,
      left(concat_ws('/', x.member_number, x.site_code, x.unit_code, x.date), 200),
      core.uuid(x.key), m.user_id, s.id, s.time_zone, u.id, d.business_date, c.code,
      case when x.arrived_at is not null then core.local_instant(d.business_date + t.arrived_at, s.time_zone, 'start') end,
      left(x.reason, 2000), x.evidence,
      case
        when jsonb_typeof(a.entry) <> 'object' or f.unknown is not null or d.business_date is null
          or (x.arrived_at is not null and t.arrived_at is null)
          or (x.key is not null and core.uuid(x.key) is null)
          or num_nulls(x.code, x.edfi_category) <> 1
          or char_length(x.reason) > 2000
          or jsonb_typeof(x.evidence) <> 'object' or octet_length(x.evidence::text) > 8192
          then 'SA014'
        when m.user_id is null or s.id is null or u.id is null then 'SA011'
        when c.code is null then 'SA111'
        when c.requires_reason and core.is_reason(x.reason) is not true then 'SA013'
      end,
      case
        when jsonb_typeof(a.entry) <> 'object' then jsonb_build_object('observed', jsonb_typeof(a.entry), 'expected', 'an object')
        when f.unknown is not null then
          jsonb_build_object('observed', 'an unknown field ' || left(f.unknown, 64), 'expected', 'the documented fields')
        when d.business_date is null then
          jsonb_build_object('observed', left(x.date, 64), 'expected', 'date: YYYY-MM-DD from 1900 to 2999')
        when x.arrived_at is not null and t.arrived_at is null then
          jsonb_build_object('observed', left(x.arrived_at, 64), 'expected', 'arrived_at: a local time HH:MM or HH:MM:SS')
        when x.key is not null and core.uuid(x.key) is null then
          jsonb_build_object('observed', left(x.key, 64), 'expected', 'key: a uuid')
        when num_nulls(x.code, x.edfi_category) <> 1 then
          jsonb_build_object('observed', concat_ws(' and ', left(x.code, 64), left(x.edfi_category, 64)), 'expected', 'code or edfi_category')
        when char_length(x.reason) > 2000 then
          jsonb_build_object('observed', 'a reason of ' || char_length(x.reason) || ' characters', 'expected', 'at most 2,000')
        when jsonb_typeof(x.evidence) <> 'object' or octet_length(x.evidence::text) > 8192 then
          jsonb_build_object('observed', 'evidence of ' || octet_length(x.evidence::text) || ' bytes', 'expected', 'an object of at most 8,192 bytes')
        when m.user_id is null then
          jsonb_build_object('observed', left(x.member_number, 64), 'expected', 'the member number of a member of this tenant')
        when s.id is null then jsonb_build_object('observed', left(x.site_code, 64), 'expected', 'the code of a site of this tenant')
        when u.id is null then jsonb_build_object('observed', left(x.unit_code, 64), 'expected', 'the code of a unit of this site')
        when c.code is null then
          jsonb_build_object('observed', left(coalesce(x.code, x.edfi_category), 64), 'expected', 'an open attendance code or Ed-Fi category')
        when c.requires_reason and core.is_reason(x.reason) is not true then
          jsonb_build_object('observed', left(x.reason, 64), 'expected', 'a reason of at least 10 characters')
      end
    )::attendance.import_entry
    from jsonb_array_elements(read_import.entries) with ordinality as a (entry, ordinal)
    cross join lateral jsonb_to_record(case when jsonb_typeof(a.entry) = 'object' then a.entry else '{}' end) as x (
      key text, member_number text, site_code text, unit_code text, date text, code text, edfi_category text, arrived_at text, reason text,
      evidence jsonb
    )
    cross join lateral (
      select min(k.field) as unknown
      from jsonb_object_keys(case when jsonb_typeof(a.entry) = 'object' then a.entry else '{}' end) as k (field)
      where k.field <> all (
        '{key,member_number,site_code,unit_code,date,code,edfi_category,arrived_at,reason,evidence}'::text[]
      )
    ) as f
    cross join lateral (select case when core.is_date(x.date) then x.date::date end as business_date offset 0) as d
    cross join lateral (
      select case when x.arrived_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$' then x.arrived_at::time end as arrived_at
      offset 0
    ) as t
    left join lateral (
      select m.user_id
      from identity.membership as m
      where m.tenant_id = core.bound_tenant() and m.member_number = x.member_number
      limit 1
    ) as m on true
    left join lateral (
      select s.id, s.time_zone from tenancy.site as s where s.tenant_id = core.bound_tenant() and s.code = x.site_code limit 1
    ) as s on true
    left join lateral (
      select u.id
      from tenancy.unit as u
      where u.tenant_id = core.bound_tenant()
        and u.site_id = s.id
        and u.code = x.unit_code or u.tenant_id = core.bound_tenant() and u.site_id = s.id and x.unit_code is null and u.kind = 'site'
      limit 1
    ) as u on true
    left join lateral (
      select c.code, c.requires_reason
      from attendance.code as c
      where c.tenant_id = core.bound_tenant()
        and (c.code = x.code or (x.code is null and c.edfi_category = x.edfi_category))
        and c.valid_from <= core.clock() and c.valid_until > core.clock()
      order by c.is_default desc, c.code
      limit 1
    ) as c on true
  )
$_$;


ALTER FUNCTION attendance.read_import(entries jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION read_import(entries jsonb); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.read_import(entries jsonb) IS 'The entries [{member_number, site_code, unit_code, date, code or edfi_category, arrived_at, reason, evidence, key}] of an import, read without an error and looked up.';


--
-- Name: is_name(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.is_name(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  select pg_catalog.char_length(is_name.value) between 1 and 200
    and is_name.value !~ '[[:cntrl:]]'
    and is_name.value = pg_catalog.btrim(is_name.value)
$$;


ALTER FUNCTION core.is_name(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION is_name(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.is_name(value text) IS 'A name that people read: 1 to 200 characters, no control characters, no space at either end.';


--
-- Name: uuid_v7(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.uuid_v7() RETURNS uuid
    LANGUAGE sql
    AS $$
  select pg_catalog.encode(
    pg_catalog.set_bit(
      pg_catalog.set_bit(
        pg_catalog.overlay(
          pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
          pg_catalog.substring(pg_catalog.int8send((extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint), 3),
          1, 6
        ),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid
$$;


ALTER FUNCTION core.uuid_v7() OWNER TO smartattend_owner;

--
-- Name: FUNCTION uuid_v7(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.uuid_v7() IS 'A new identifier in time order (RFC 9562, version 7): random keys write 1.5 to 5 times the WAL. Order is never read back from it. PostgreSQL 18 has uuidv7(); this runs on 15, too.';


--
-- Name: session; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.session (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    site_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    source_id uuid,
    name text NOT NULL,
    business_date date NOT NULL,
    time_zone text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    late_after timestamp with time zone NOT NULL,
    cancelled_at timestamp with time zone,
    CONSTRAINT it_ends_after_it_starts CHECK ((ends_at > starts_at)),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['day'::text, 'half_day'::text, 'meeting'::text, 'shift'::text]))),
    CONSTRAINT late_is_after_the_start CHECK ((late_after >= starts_at)),
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT source_is_known CHECK ((source = ANY (ARRAY['timetable'::text, 'shift'::text, 'manual'::text, 'import'::text]))),
    CONSTRAINT the_window_holds_the_session CHECK (((opens_at <= starts_at) AND (closes_at >= ends_at))),
    CONSTRAINT the_window_lasts_at_most_48_hours CHECK (((closes_at - opens_at) <= '48:00:00'::interval))
);

ALTER TABLE ONLY attendance.session FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.session OWNER TO smartattend_owner;

--
-- Name: TABLE session; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.session IS 'What attendance is taken for: a school day, a class meeting, a shift instance. Instants, with the zone they were planned in.';


--
-- Name: COLUMN session.business_date; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.session.business_date IS 'The local date on which the session starts.';


--
-- Name: COLUMN session.opens_at; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.session.opens_at IS 'Check-ins from here to closes_at match this session.';


--
-- Name: read_marks(jsonb, uuid, attendance.session); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.read_marks(marks jsonb, key uuid, session attendance.session) RETURNS attendance.mark[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select array(
    select (
      a.ordinal::integer, left(x.subject_id, 64), core.derived_key(read_marks.key, x.subject_id), core.uuid(x.subject_id),
      (read_marks.session).id, (read_marks.session).unit_id, (read_marks.session).business_date,
      left(x.code, 64), core.instant(x.arrived_at), left(x.reason, 2000), null,
      case when f.fault is not null then 'SA014' end,
      case when f.fault is not null then jsonb_build_object('observed', 'mark ' || a.ordinal, 'expected', f.fault) end
    )::attendance.mark
    from jsonb_array_elements(read_marks.marks) with ordinality as a (mark, ordinal)
    cross join lateral jsonb_to_record(case when jsonb_typeof(a.mark) = 'object' then a.mark else '{}' end) as x (
      subject_id text, code text, arrived_at text, reason text
    )
    cross join lateral (
      select case
        when jsonb_typeof(a.mark) <> 'object' then 'a mark that is an object'
        when core.uuid(x.subject_id) is null then 'subject_id: a uuid'
        when x.code is null then 'code: an attendance code'
        when x.arrived_at is not null and core.instant(x.arrived_at) is null then 'arrived_at: ISO 8601 with an offset'
        when core.instant(x.arrived_at) not between (read_marks.session).opens_at and (read_marks.session).closes_at
          then 'arrived_at: within the session'
        when char_length(x.reason) > 2000 then 'reason: at most 2,000 characters'
      end as fault
    ) as f
  )
$$;


ALTER FUNCTION attendance.read_marks(marks jsonb, key uuid, session attendance.session) OWNER TO smartattend_owner;

--
-- Name: FUNCTION read_marks(marks jsonb, key uuid, session attendance.session); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.read_marks(marks jsonb, key uuid, session attendance.session) IS 'The marks [{subject_id, code, arrived_at, reason}] of a session, read without an error; the key of each is derived from the command''s key and the person.';


--
-- Name: read_punches(jsonb); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.read_punches(entries jsonb) RETURNS TABLE(ordinal integer, key_text text, key uuid, kind text, subject_id uuid, claim attendance.claim, fault text)
    LANGUAGE sql STABLE
    AS $_$
  select
    a.ordinal::integer, pg_catalog.left(x.key, 64), core.uuid(x.key), x.kind, core.uuid(x.subject_id),
    (
      core.instant(x.claimed_at), x.claimed_zone, core.uuid(x.device_id), core.uuid(x.boot_id), n.sequence_number, n.monotonic_us,
      n.latitude, n.longitude, n.accuracy_m, x.evidence
    )::attendance.claim,
    case
      when pg_catalog.jsonb_typeof(a.entry) <> 'object' then 'an entry that is an object'
      when core.uuid(x.key) is null then 'key: a uuid'
      when coalesce(x.kind not in ('in', 'out'), true) then 'kind: in or out'
      when x.subject_id is not null and core.uuid(x.subject_id) is null then 'subject_id: a uuid'
      when x.claimed_at is not null and core.instant(x.claimed_at) is null then 'claimed_at: ISO 8601 with an offset'
      when x.device_id is not null and core.uuid(x.device_id) is null then 'device_id: a uuid'
      when x.boot_id is not null and core.uuid(x.boot_id) is null then 'boot_id: a uuid'
      when (x.sequence_number is not null and n.sequence_number is null) or (x.monotonic_us is not null and n.monotonic_us is null)
        then 'sequence_number, monotonic_us: whole numbers from 0'
      when (x.latitude is not null and n.latitude is null) or (x.longitude is not null and n.longitude is null)
        or (x.accuracy_m is not null and n.accuracy_m is null)
        then 'latitude, longitude, accuracy_m: numbers'
    end
  from pg_catalog.jsonb_array_elements(read_punches.entries) with ordinality as a (entry, ordinal)
  cross join lateral pg_catalog.jsonb_to_record(
    case when pg_catalog.jsonb_typeof(a.entry) = 'object' then a.entry else '{}' end
  ) as x (
    key text, kind text, subject_id text, claimed_at text, claimed_zone text, device_id text, boot_id text,
    sequence_number text, monotonic_us text, latitude text, longitude text, accuracy_m text, evidence jsonb
  )
  cross join lateral (
    select
      case when x.sequence_number ~ '^[0-9]{1,18}$' then x.sequence_number::bigint end as sequence_number,
      case when x.monotonic_us ~ '^[0-9]{1,18}$' then x.monotonic_us::bigint end as monotonic_us,
      case when x.latitude ~ '^-?[0-9]{1,3}([.][0-9]{1,15})?$' then x.latitude::double precision end as latitude,
      case when x.longitude ~ '^-?[0-9]{1,3}([.][0-9]{1,15})?$' then x.longitude::double precision end as longitude,
      case when x.accuracy_m ~ '^[0-9]{1,9}([.][0-9]{1,15})?$' then x.accuracy_m::double precision end as accuracy_m
  ) as n
$_$;


ALTER FUNCTION attendance.read_punches(entries jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION read_punches(entries jsonb); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.read_punches(entries jsonb) IS 'The punches of a batch, read without an error: key, kind (in, out), subject_id and the fields of attendance.claim; fault says in words what an entry lacks. Expected rows are declared, since an estimate over jsonb is one row.';


--
-- Name: repeat(text, uuid, bytea, attendance.event); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.repeat(kind text, key uuid, payload_hash bytea, first attendance.event) RETURNS core.outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_outcome core.outcome := attendance.outcome(repeat.first, 'replayed');
begin
  insert into core.idempotency (tenant_id, key, command, payload_hash, outcome, actor_id, session_id, elapsed_us)
  values (
    core.bound_tenant(), repeat.key, 'repeat_' || (repeat.first).kind, repeat.payload_hash, v_outcome,
    (core.actor()).user_id, (core.actor()).session_id,
    extract(epoch from core.clock() - (core.actor()).bound_at) * 1000000
  )
  on conflict on constraint idempotency_pkey do nothing;
  if not found then
    -- The same new key was in flight for another person.
    return attendance.answer_known_key(repeat.kind, repeat.key, repeat.payload_hash);
  end if;
  return v_outcome;
end $$;


ALTER FUNCTION attendance.repeat(kind text, key uuid, payload_hash bytea, first attendance.event) OWNER TO smartattend_owner;

--
-- Name: FUNCTION repeat(kind text, key uuid, payload_hash bytea, first attendance.event); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.repeat(kind text, key uuid, payload_hash bytea, first attendance.event) IS 'A repeat of the same punch under another key: answers the first event''s outcome and keeps the key, so that its retries answer the same for ever (F02).';


--
-- Name: record; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.record (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    subject_id uuid NOT NULL,
    session_id uuid,
    unit_id uuid,
    business_date date NOT NULL,
    state attendance.record_state NOT NULL,
    state_via text NOT NULL,
    state_reason text,
    code text,
    revision integer NOT NULL,
    is_open boolean DEFAULT false NOT NULL,
    in_at timestamp with time zone,
    out_at timestamp with time zone,
    replaces_id uuid,
    CONSTRAINT an_open_record_waits_for_its_out CHECK (((NOT is_open) OR ((in_at IS NOT NULL) AND (out_at IS NULL)))),
    CONSTRAINT it_does_not_replace_itself CHECK ((replaces_id <> id)),
    CONSTRAINT it_ends_after_it_begins CHECK ((out_at >= in_at))
);

ALTER TABLE ONLY attendance.record FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.record OWNER TO smartattend_owner;

--
-- Name: TABLE record; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.record IS 'The current state and values for a person in a session: a cache of its events, and each revision has its event. Null session: unscheduled. The presence is [in_at, out_at): null until the check-out, and for day-level marks and absences; an expression, since a stored column costs every check-in.';


--
-- Name: COLUMN record.state; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.record.state IS 'How far the verdict (code) is accepted: recorded, flagged (held), verified, voided.';


--
-- Name: revise(attendance.record, text, uuid, bytea, text, text, text, text); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.revise(record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text, state text DEFAULT NULL::text, via text DEFAULT NULL::text) RETURNS attendance.event
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := core.actor();
  v_event attendance.event;
begin
  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason_code, reason,
    actor_id, login_session_id, base_revision, payload_hash, recorded_at, elapsed_us
  )
  values (
    v_actor.tenant_id, revise.key, revise.kind, (revise.record).subject_id, (revise.record).session_id, (revise.record).id,
    (revise.record).revision + 1, coalesce(revise.state, (revise.record).state), (revise.record).code, (revise.record).in_at,
    (revise.record).out_at, (revise.record).business_date, revise.reason_code, revise.reason, v_actor.user_id, v_actor.session_id,
    (revise.record).revision, revise.payload_hash, core.clock(), extract(epoch from core.clock() - v_actor.bound_at) * 1000000
  )
  on conflict on constraint event_pkey do nothing
  returning * into v_event;
  if not found then
    return null;
  end if;
  update attendance.record as r
  set revision = v_event.revision,
    state = v_event.state,
    state_via = coalesce(revise.via, r.state_via),
    state_reason = case when revise.via is null then r.state_reason else revise.reason end,
    is_open = r.is_open and revise.reason_code is distinct from 'F22' and v_event.state <> 'voided'
  where r.tenant_id = v_event.tenant_id and r.id = v_event.record_id;
  return v_event;
end $$;


ALTER FUNCTION attendance.revise(record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text, state text, via text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION revise(record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text, state text, via text); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.revise(record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text, state text, via text) IS 'Makes the next revision of a locked record: its event, then the record. With state and via it is a transition, which the trigger judges. Null, and nothing is written, when another command has the key.';


--
-- Name: setting; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.setting (
    tenant_id uuid NOT NULL,
    day_starts_at interval DEFAULT '04:00:00'::interval NOT NULL,
    capture_opens_before interval DEFAULT '01:00:00'::interval NOT NULL,
    capture_closes_after interval DEFAULT '04:00:00'::interval NOT NULL,
    late_after interval DEFAULT '00:05:00'::interval NOT NULL,
    repeat_within interval DEFAULT '00:01:00'::interval NOT NULL,
    online_within interval DEFAULT '00:00:05'::interval NOT NULL,
    open_for_at_most interval DEFAULT '16:00:00'::interval NOT NULL,
    CONSTRAINT capture_window_is_bounded CHECK ((((capture_opens_before >= '00:00:00'::interval) AND (capture_opens_before <= '12:00:00'::interval)) AND ((capture_closes_after >= '00:00:00'::interval) AND (capture_closes_after <= '12:00:00'::interval)))),
    CONSTRAINT day_starts_within_the_day CHECK (((day_starts_at >= '00:00:00'::interval) AND (day_starts_at < '24:00:00'::interval))),
    CONSTRAINT late_after_is_bounded CHECK (((late_after >= '00:00:00'::interval) AND (late_after <= '12:00:00'::interval))),
    CONSTRAINT online_is_bounded CHECK (((online_within >= '00:00:00'::interval) AND (online_within <= '00:01:00'::interval))),
    CONSTRAINT open_is_bounded CHECK (((open_for_at_most >= '01:00:00'::interval) AND (open_for_at_most <= '48:00:00'::interval))),
    CONSTRAINT repeat_is_bounded CHECK (((repeat_within >= '00:00:00'::interval) AND (repeat_within <= '00:10:00'::interval)))
);

ALTER TABLE ONLY tenancy.setting FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.setting OWNER TO smartattend_owner;

--
-- Name: TABLE setting; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.setting IS 'What a tenant may tune: one typed row, made with the tenant.';


--
-- Name: COLUMN setting.day_starts_at; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.setting.day_starts_at IS 'Local time at which a business date begins for unscheduled punches.';


--
-- Name: COLUMN setting.repeat_within; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.setting.repeat_within IS 'A punch of the same direction within this span is the same punch.';


--
-- Name: COLUMN setting.online_within; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.setting.online_within IS 'A claim that is this close to its receipt counts as made now: the server''s clock decides.';


--
-- Name: COLUMN setting.open_for_at_most; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.setting.open_for_at_most IS 'A check-out later than this after the check-in does not close it.';


--
-- Name: session_window(attendance.planned_session, tenancy.setting); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.session_window(planned attendance.planned_session, setting tenancy.setting) RETURNS TABLE(starts_at timestamp with time zone, ends_at timestamp with time zone, opens_at timestamp with time zone, closes_at timestamp with time zone, late_after timestamp with time zone)
    LANGUAGE sql STABLE ROWS 1
    AS $$
  select
    i.starts_at,
    i.ends_at,
    i.starts_at - (session_window.setting).capture_opens_before,
    least(
      i.ends_at + (session_window.setting).capture_closes_after,
      i.starts_at - (session_window.setting).capture_opens_before + interval '48 hours'
    ),
    i.starts_at + (session_window.setting).late_after
  from (
    select
      core.local_instant((session_window.planned).local_start, (session_window.planned).time_zone, 'start') as starts_at,
      core.local_instant((session_window.planned).local_end, (session_window.planned).time_zone, 'end') as ends_at
    offset 0
  ) as i
$$;


ALTER FUNCTION attendance.session_window(planned attendance.planned_session, setting tenancy.setting) OWNER TO smartattend_owner;

--
-- Name: FUNCTION session_window(planned attendance.planned_session, setting tenancy.setting); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.session_window(planned attendance.planned_session, setting tenancy.setting) IS 'The instants of a planned session by the tenant''s settings: start and end, when check-ins match it (at most 48 hours), and when one is late.';


--
-- Name: simple_punches(jsonb); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.simple_punches(entries jsonb) RETURNS SETOF attendance.simple_punch
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  -- Scalar subqueries and limits keep every look-up an index probe: estimates over jsonb would join whole tables.
  select
    e.ordinal, e.key_text, e.key, e.subject_id, e.claim, e.key,
    attendance.claim_hash('in', e.subject_id, e.claim), t.effective_at, t.basis, x.session_id, x.unit_id, d.business_date,
    (
      select c.code
      from attendance.code as c
      where c.tenant_id = a.tenant_id
        and c.category = case when t.effective_at > x.late_after then 'late' else 'present' end
        and c.is_default
    )
  from (
    select
      p.*,
      count(*) over (partition by p.subject_id) as of_the_subject,
      count(*) over (partition by p.key) as of_the_key
    from attendance.read_punches(simple_punches.entries) as p
    where p.fault is null
  ) as e
  cross join core.actor() as a
  cross join (select s.* from tenancy.setting as s where s.tenant_id = core.bound_tenant()) as s
  cross join lateral (
    select
      case when coalesce((e.claim).claimed_at > c.now - s.online_within, true) then c.now else (e.claim).claimed_at end as effective_at,
      case when coalesce((e.claim).claimed_at > c.now - s.online_within, true) then 'server' else 'claim' end as basis
    from (select core.clock() as now offset 0) as c
    offset 0
  ) as t
  inner join lateral (
    select m.active_from, m.active_until
    from identity.membership as m
    where m.tenant_id = a.tenant_id and m.user_id = e.subject_id
    limit 1
  ) as m on m.active_from <= t.effective_at and coalesce(m.active_until, 'infinity') > t.effective_at
  left join lateral (
    select o.session_id, o.unit_id, o.late_after, o.business_date
    from attendance.expectation as o
    where o.tenant_id = a.tenant_id
      and o.subject_id = e.subject_id
      and o.opens_at between t.effective_at - interval '48 hours' and t.effective_at
      and o.closes_at >= t.effective_at
      and o.withdrawn_at is null
    order by abs(extract(epoch from o.starts_at - t.effective_at)), o.starts_at
    limit 1
  ) as x on true
  cross join lateral (
    select case
      when x.business_date is not null then x.business_date
      else attendance.business_date(
        t.effective_at, attendance.subject_zone(coalesce((e.claim).device_id, a.device_id)), s.day_starts_at
      )
    end as business_date
    offset 0
  ) as d
  where e.kind = 'in'
    and e.of_the_subject = 1
    and e.of_the_key = 1
    and (e.claim).claimed_zone is null
    and (e.claim).evidence is null
    and coalesce((e.claim).claimed_at between timestamptz '1970-01-01 00:00+00' and timestamptz '2199-12-31 00:00+00', true)
    and coalesce(
      (e.claim).latitude between -90 and 90 and (e.claim).longitude between -180 and 180,
      num_nulls((e.claim).latitude, (e.claim).longitude) = 2
    )
    and coalesce((e.claim).accuracy_m between 0 and 1000000, true)
    and (
      (e.claim).device_id is null
      or (select d.retired_at is null from timing.device as d where d.tenant_id = a.tenant_id and d.id = (e.claim).device_id)
    )
    and (select true from attendance.event as v where v.tenant_id = a.tenant_id and v.key = e.key) is null
    and (select true from core.idempotency as i where i.tenant_id = a.tenant_id and i.key = e.key) is null
    and (
      select true from attendance.record as r where r.tenant_id = a.tenant_id and r.subject_id = e.subject_id and r.is_open
    ) is null
    and (
      select true
      from attendance.record as r
      where r.tenant_id = a.tenant_id
        and r.subject_id = e.subject_id
        and r.business_date between d.business_date - 1 and d.business_date + 1
        and r.state <> 'voided'
        and (
          r.session_id = x.session_id
          or r.in_at between t.effective_at - s.repeat_within and t.effective_at + s.repeat_within
        )
      limit 1
    ) is null
$$;


ALTER FUNCTION attendance.simple_punches(entries jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION simple_punches(entries jsonb); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.simple_punches(entries jsonb) IS 'The check-ins of a batch that need no weighing: the only entry of an active person, a new key, no open record and no record near it. The caller has bound the session, locked the people and judged the permission.';


--
-- Name: store_marks(text, attendance.judged_mark[]); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.store_marks(kind text, marks attendance.judged_mark[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := core.actor();
begin
  insert into attendance.event (
    tenant_id, key, kind, subject_id, session_id, record_id, revision, state, code, in_at, out_at, business_date, reason,
    actor_id, login_session_id, device_id, payload_hash, evidence, elapsed_us
  )
  select
    v_actor.tenant_id, m.key, store_marks.kind, m.subject_id, m.session_id, m.record_id, m.revision, m.state, m.code, m.in_at, m.out_at,
    m.business_date, m.reason, v_actor.user_id, v_actor.session_id, v_actor.device_id, m.payload_hash, m.evidence,
    extract(epoch from core.clock() - v_actor.bound_at) * 1000000 / greatest(cardinality(store_marks.marks), 1)
  from unnest(store_marks.marks) as m
  where m.change in ('created', 'revised');

  insert into attendance.record (
    tenant_id, id, subject_id, session_id, unit_id, business_date, state, state_via, code, revision, in_at
  )
  select
    v_actor.tenant_id, m.record_id, m.subject_id, m.session_id, m.unit_id, m.business_date, m.state, 'capture', m.code, m.revision, m.in_at
  from unnest(store_marks.marks) as m
  where m.change = 'created';

  update attendance.record as r
  set revision = m.revision, code = m.code, in_at = m.in_at, is_open = m.is_open
  from unnest(store_marks.marks) as m
  where m.change = 'revised' and r.tenant_id = v_actor.tenant_id and r.id = m.record_id;
end $$;


ALTER FUNCTION attendance.store_marks(kind text, marks attendance.judged_mark[]) OWNER TO smartattend_owner;

--
-- Name: FUNCTION store_marks(kind text, marks attendance.judged_mark[]); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.store_marks(kind text, marks attendance.judged_mark[]) IS 'Stores what attendance.judge_marks found new: one statement for the events, one each for new and revised records.';


--
-- Name: subject_zone(uuid); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.subject_zone(device_id uuid) RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce(
    (
      select s.time_zone
      from timing.device as d
      inner join tenancy.site as s on s.tenant_id = d.tenant_id and s.id = d.site_id
      where d.tenant_id = core.bound_tenant() and d.id = subject_zone.device_id
    ),
    (select t.time_zone from tenancy.tenant as t where t.tenant_id = core.bound_tenant())
  )
$$;


ALTER FUNCTION attendance.subject_zone(device_id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION subject_zone(device_id uuid); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.subject_zone(device_id uuid) IS 'The zone of an unscheduled punch: of the device''s site, otherwise the tenant''s.';


--
-- Name: utc(timestamp with time zone); Type: FUNCTION; Schema: attendance; Owner: smartattend_owner
--

CREATE FUNCTION attendance.utc(instant timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $$ select pg_catalog.to_char(utc.instant at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;


ALTER FUNCTION attendance.utc(instant timestamp with time zone) OWNER TO smartattend_owner;

--
-- Name: FUNCTION utc(instant timestamp with time zone); Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON FUNCTION attendance.utc(instant timestamp with time zone) IS 'An instant as ISO 8601 in UTC with microseconds, whatever the session''s time zone: a replay equals its first answer.';


--
-- Name: accepted(uuid, integer, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.accepted(id uuid DEFAULT NULL::uuid, revision integer DEFAULT NULL::integer, detail jsonb DEFAULT NULL::jsonb) RETURNS core.outcome
    LANGUAGE sql IMMUTABLE
    AS $$ select ('accepted', null, null, accepted.id, accepted.revision, accepted.detail)::core.outcome $$;


ALTER FUNCTION core.accepted(id uuid, revision integer, detail jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION accepted(id uuid, revision integer, detail jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.accepted(id uuid, revision integer, detail jsonb) IS 'The outcome of a command that was done.';


--
-- Name: actor(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.actor() RETURNS core.actor
    LANGUAGE sql STABLE
    AS $$ select nullif(pg_catalog.current_setting('smartattend.bound_actor', true), '')::core.actor $$;


ALTER FUNCTION core.actor() OWNER TO smartattend_owner;

--
-- Name: FUNCTION actor(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.actor() IS 'The actor that identity bound in this transaction; null when nobody is bound. Trustworthy only in code that runs as an owner role and has bound first.';


--
-- Name: bind(uuid, text, core.actor); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.bind(tenant_id uuid, opens text, actor core.actor) RETURNS text
    LANGUAGE sql
    AS $$
  select pg_catalog.set_config('smartattend.bound_tenant', coalesce(bind.tenant_id::text, ''), true)
    || pg_catalog.set_config('smartattend.bound_actor', coalesce(bind.actor::text, ''), true)
    || pg_catalog.set_config('smartattend.capture_read', case when pg_catalog.strpos(bind.opens, 'capture_read') > 0 then bind.tenant_id::text else '' end, true)
    || pg_catalog.set_config('smartattend.capture_write', case when pg_catalog.strpos(bind.opens, 'capture_write') > 0 then bind.tenant_id::text else '' end, true)
    || pg_catalog.set_config(
      'smartattend.administration_read', case when pg_catalog.strpos(bind.opens, 'administration_read') > 0 then bind.tenant_id::text else '' end, true
    )
    || pg_catalog.set_config(
      'smartattend.administration_write', case when pg_catalog.strpos(bind.opens, 'administration_write') > 0 then bind.tenant_id::text else '' end, true
    )
    || pg_catalog.set_config('smartattend.ordinary_read', case when pg_catalog.strpos(bind.opens, 'ordinary_read') > 0 then bind.tenant_id::text else '' end, true)
    || pg_catalog.set_config('smartattend.ordinary_write', case when pg_catalog.strpos(bind.opens, 'ordinary_write') > 0 then bind.tenant_id::text else '' end, true)
$$;


ALTER FUNCTION core.bind(tenant_id uuid, opens text, actor core.actor) OWNER TO smartattend_owner;

--
-- Name: FUNCTION bind(tenant_id uuid, opens text, actor core.actor); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.bind(tenant_id uuid, opens text, actor core.actor) IS 'Writes the bound tenant, its open gates and the actor into this transaction, overwriting whatever the caller had set. Only the verifiers of identity call it; assign its result (an assignment is evaluated without the executor, which perform is not).';


--
-- Name: bound_tenant(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.bound_tenant() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ select nullif(pg_catalog.current_setting('smartattend.bound_tenant', true), '')::uuid $$;


ALTER FUNCTION core.bound_tenant() OWNER TO smartattend_owner;

--
-- Name: FUNCTION bound_tenant(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.bound_tenant() IS 'The bound tenant for policies of the owner roles on evidence, which is never gated; null (no rows, no writes) when nothing is bound. Inlined; always write (select core.bound_tenant()).';


--
-- Name: bound_tenant(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.bound_tenant(gate text) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ select nullif(pg_catalog.current_setting('smartattend.' || bound_tenant.gate, true), '')::uuid $$;


ALTER FUNCTION core.bound_tenant(gate text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION bound_tenant(gate text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.bound_tenant(gate text) IS 'The bound tenant, if its lifecycle opens this gate: capture_read, capture_write, administration_read, administration_write, ordinary_read, ordinary_write; otherwise null. Each gate is a setting of its own that holds the tenant, so that a policy is one look-up. Inlined; always write (select core.bound_tenant(…)).';


--
-- Name: caught(text, text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.caught(code text, detail text) RETURNS core.outcome
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_outcome core.outcome;
begin
  if exists (select from core.error_code as e where e.code = caught.code and e.kind = 'refusal') then
    v_outcome := core.refused(caught.code, nullif(caught.detail, '')::jsonb);
    return v_outcome;
  end if;
  perform core.fail(
    caught.code,
    coalesce(nullif(caught.detail, '')::jsonb ->> 'observed', ''),
    coalesce(nullif(caught.detail, '')::jsonb ->> 'expected', '')
  );
  return null;
end $$;


ALTER FUNCTION core.caught(code text, detail text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION caught(code text, detail text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.caught(code text, detail text) IS 'What a procedure makes of an exception of class SA that inner code raised: a refusal becomes an outcome, an error is raised again.';


--
-- Name: claim(text, uuid, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.claim(command text, key uuid, payload jsonb) RETURNS core.outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_hash bytea := core.payload_hash(claim.payload);
  v_row core.idempotency;
  v_outcome core.outcome;
begin
  if claim.key is null then
    perform core.fail('SA012', 'key is null', 'key: a uuid that the caller chose for this command');
  end if;
  insert into core.idempotency (tenant_id, key, command, payload_hash, actor_id, session_id)
  values (
    coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), claim.key, claim.command, v_hash,
    (core.actor()).user_id, (core.actor()).session_id
  )
  on conflict on constraint idempotency_pkey do nothing;
  if found then
    return null;
  end if;
  -- A statement of its own: the winner may have committed only after the insert's snapshot was taken.
  select i.* into v_row
  from core.idempotency as i
  where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
    and i.key = claim.key;
  if v_row.command = claim.command and v_row.payload_hash = v_hash then
    v_outcome := v_row.outcome;
    v_outcome.status := 'replayed';
    return v_outcome;
  end if;
  v_outcome := core.refused('SA102', jsonb_build_object('observed', claim.command, 'expected', v_row.command));
  return v_outcome;
end $$;


ALTER FUNCTION core.claim(command text, key uuid, payload jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION claim(command text, key uuid, payload jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.claim(command text, key uuid, payload jsonb) IS 'Takes a command''s key: null means go on and end with core.finish(outcome, key). Otherwise the answer is ready: the first outcome as replayed, or the refusal SA102 for another payload. A concurrent caller with the same key waits here.';


--
-- Name: derived_key(uuid, text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.derived_key(key uuid, part text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
  select pg_catalog.encode(
    pg_catalog.set_byte(
      pg_catalog.overlay(
        pg_catalog.substring(
          pg_catalog.sha256(pg_catalog.uuid_send(derived_key.key) || pg_catalog.convert_to(derived_key.part, 'UTF8')), 1, 16
        ),
        pg_catalog.substring(pg_catalog.uuid_send(derived_key.key), 1, 6),
        1, 6
      ),
      6, 128 + pg_catalog.get_byte(pg_catalog.sha256(pg_catalog.convert_to(derived_key.part, 'UTF8')), 0) % 16
    ),
    'hex'
  )::uuid
$$;


ALTER FUNCTION core.derived_key(key uuid, part text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION derived_key(key uuid, part text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.derived_key(key uuid, part text) IS 'The key of one part of a command (a mark of a register, a row of an import): the same command and part give the same key, so that a repeat replays. Keeps the leading time of the command''s key (RFC 9562, version 8).';


--
-- Name: entry_value(text, text[], numeric, numeric, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $_$
  select case pg_catalog.jsonb_typeof(entry_value.value)
    when 'string' then case entry_value.kind
      when 'code' then case when core.is_code(entry_value.value #>> '{}') then entry_value.value end
      when 'name' then case when core.is_name(entry_value.value #>> '{}') then entry_value.value end
      when 'word' then case when entry_value.value #>> '{}' = any (entry_value.words) then entry_value.value end
      when 'date' then case when core.is_date(entry_value.value #>> '{}') then entry_value.value end
      when 'time' then case
        when entry_value.value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$'
        then pg_catalog.to_jsonb((entry_value.value #>> '{}')::time)
      end
      when 'path' then case when core.is_name(entry_value.value #>> '{}') then entry_value.value end
      when 'login' then case
        when entry_value.value #>> '{}' ~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then entry_value.value
      end
      when 'zone' then case when core.is_time_zone(entry_value.value #>> '{}') then entry_value.value end
    end
    when 'number' then case
      when entry_value.kind in ('integer', 'number')
        and (entry_value.value #>> '{}')::numeric between entry_value.lowest and entry_value.highest
        and (entry_value.kind = 'number' or (entry_value.value #>> '{}')::numeric % 1 = 0)
      then pg_catalog.to_jsonb(pg_catalog.trim_scale((entry_value.value #>> '{}')::numeric))
    end
    when 'array' then case when entry_value.kind = 'networks' then core.networks(entry_value.value) end
  end
$_$;


ALTER FUNCTION core.entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb) IS 'A field''s value in its canonical form, or null if it is not of the kind: what comes out can be cast without an error.';


--
-- Name: entry_value_expected(text, text[], numeric, numeric); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.entry_value_expected(kind text, words text[], lowest numeric, highest numeric) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select case entry_value_expected.kind
    when 'code' then 'a text of 1 to 64 characters without control characters or outer spaces'
    when 'path' then '"<site code>/<code>"'
    when 'name' then 'a text of 1 to 200 characters without control characters or outer spaces'
    when 'login' then 'a text of 3 to 128 of a-z, 0-9 and ._@+- that begins and ends with a letter or digit'
    when 'zone' then 'the name of an IANA time zone, such as "Europe/Brussels"'
    when 'word' then 'one of "' || pg_catalog.array_to_string(entry_value_expected.words, '", "') || '"'
    when 'date' then 'a date "YYYY-MM-DD" from 1900 to 2999'
    when 'time' then 'a local time "HH:MM" or "HH:MM:SS"'
    when 'integer' then 'an integer from ' || entry_value_expected.lowest || ' to ' || entry_value_expected.highest
    when 'number' then 'a number from ' || entry_value_expected.lowest || ' to ' || entry_value_expected.highest
    when 'networks' then 'an array of at most 64 networks in CIDR form, such as ["192.0.2.0/24"]'
  end
$$;


ALTER FUNCTION core.entry_value_expected(kind text, words text[], lowest numeric, highest numeric) OWNER TO smartattend_owner;

--
-- Name: FUNCTION entry_value_expected(kind text, words text[], lowest numeric, highest numeric); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.entry_value_expected(kind text, words text[], lowest numeric, highest numeric) IS 'In words, what core.entry_value takes.';


--
-- Name: fail(text, text, text, text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.fail(code text, observed text, expected text, hint text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_error core.error_code;
begin
  select e.* into v_error from core.error_code as e where e.code = fail.code;
  raise exception using
    errcode = fail.code,
    message = coalesce(v_error.meaning, 'unregistered error'),
    detail = jsonb_build_object('observed', left(fail.observed, 200), 'expected', fail.expected)::text,
    hint = coalesce(fail.hint, v_error.action, 'Report this: the code is missing in core.error_code.');
end $$;


ALTER FUNCTION core.fail(code text, observed text, expected text, hint text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION fail(code text, observed text, expected text, hint text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.fail(code text, observed text, expected text, hint text) IS 'Raises an error of the registry: SQLSTATE is the code, message its meaning, detail a JSON object {observed, expected}, hint its action. Observed text is cut at 200 characters.';


--
-- Name: fault(text, text, text, text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.fault(code text, field text, observed text, expected text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select pg_catalog.jsonb_build_object(
    'code', fault.code, 'field', fault.field, 'observed', pg_catalog.left(fault.observed, 200), 'expected', fault.expected
  )
$$;


ALTER FUNCTION core.fault(code text, field text, observed text, expected text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION fault(code text, field text, observed text, expected text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.fault(code text, field text, observed text, expected text) IS 'Why an entry is not taken: the registry''s code, and the field, what was observed (cut at 200 characters) and expected.';


--
-- Name: finish(core.outcome, uuid); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.finish(outcome core.outcome, key uuid DEFAULT NULL::uuid) RETURNS core.outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if finish.key is not null then
    if (finish.outcome).status = 'refused' then
      delete from core.idempotency as i
      where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
        and i.key = finish.key
        and (i.outcome).status is null;
    elsif (finish.outcome).status = 'accepted' then
      update core.idempotency as i
      set outcome = finish.outcome,
        elapsed_us = extract(epoch from core.clock() - (core.actor()).bound_at) * 1000000
      where i.tenant_id = coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000')
        and i.key = finish.key
        and (i.outcome).status is null;
    end if;
  end if;
  -- Under PostgREST the answer to a refusal has a status of its own; a connection that serves the next request starts clean.
  if current_setting('request.method', true) <> '' then
    perform set_config(
      'response.status',
      case when (finish.outcome).status <> 'refused' then '' when (finish.outcome).code = 'SA104' then '403' else '409' end,
      true
    );
  end if;
  return finish.outcome;
end $$;


ALTER FUNCTION core.finish(outcome core.outcome, key uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION finish(outcome core.outcome, key uuid); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.finish(outcome core.outcome, key uuid) IS 'The last step of every command: fills the claimed key''s outcome with the time since the bind (a refusal gives the key back), and sets response.status under PostgREST (409, or 403 for a missing permission).';


--
-- Name: guard_idempotency(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.guard_idempotency() RETURNS trigger
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if (old.outcome).status is not null
    or (tg_op = 'UPDATE' and (new.tenant_id, new.key, new.command, new.payload_hash, new.recorded_at, new.xid)
      is distinct from (old.tenant_id, old.key, old.command, old.payload_hash, old.recorded_at, old.xid))
  then
    perform core.fail('SA020', lower(tg_op) || ' of core.idempotency', 'an outcome that is filled once');
  end if;
  return case when tg_op = 'UPDATE' then new else old end;
end $$;


ALTER FUNCTION core.guard_idempotency() OWNER TO smartattend_owner;

--
-- Name: FUNCTION guard_idempotency(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.guard_idempotency() IS 'An outcome is filled once; a key is given back only while it has none.';


--
-- Name: instant(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.instant(value text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $_$
  select case
    when instant.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+-](0[0-9]|1[0-4]):?[0-5][0-9])$'
      and core.is_date(pg_catalog.left(instant.value, 10))
    then instant.value::timestamptz
  end
$_$;


ALTER FUNCTION core.instant(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION instant(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.instant(value text) IS 'The instant of an ISO 8601 text with an offset (2026-03-29T08:00:00.5+02:00, …Z), or null for anything else: never an error, never the connection''s time zone, never infinity.';


--
-- Name: is_code(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.is_code(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
  select pg_catalog.char_length(is_code.value) between 1 and 64
    and is_code.value !~ '[[:cntrl:]]'
    and is_code.value = pg_catalog.btrim(is_code.value)
$$;


ALTER FUNCTION core.is_code(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION is_code(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.is_code(value text) IS 'A natural key: 1 to 64 characters, no control characters, no space at either end.';


--
-- Name: is_date(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.is_date(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $_$
  -- The first day of the month always exists; the last one is counted from it. No cast here can fail.
  select case
    when is_date.value ~ '^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    then pg_catalog.right(is_date.value, 2)::integer <= extract(
      day from pg_catalog.make_date(
        pg_catalog.left(is_date.value, 4)::integer, pg_catalog.substr(is_date.value, 6, 2)::integer, 1
      ) + interval '1 month' - interval '1 day'
    )
    else false
  end
$_$;


ALTER FUNCTION core.is_date(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION is_date(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.is_date(value text) IS 'A calendar date YYYY-MM-DD that exists, from 1900 to 2999. Infinity is not a date.';


--
-- Name: is_reason(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.is_reason(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $_$
  select pg_catalog.char_length(is_reason.value) <= 2000
    and pg_catalog.char_length(pg_catalog.btrim(is_reason.value)) >= 10
    and is_reason.value ~ '[[:alpha:]].*[[:alpha:]].*[[:alpha:]]'
    and pg_catalog.btrim(is_reason.value) !~ '^(.)\1*$'
$_$;


ALTER FUNCTION core.is_reason(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION is_reason(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.is_reason(value text) IS 'A reason that says something: 10 to 2,000 characters, at least three letters, not one character repeated.';


--
-- Name: is_time_zone(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.is_time_zone(value text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
begin
  -- POSIX strings ('EST5EDT') and abbreviations ('CET') are refused: they carry no history of offsets.
  if is_time_zone.value is null or is_time_zone.value !~ '^([A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+)+|UTC)$' then
    return false;
  end if;
  perform timestamptz '2000-01-01 00:00+00' at time zone is_time_zone.value;
  return true;
exception
  when invalid_parameter_value then return false;
end $_$;


ALTER FUNCTION core.is_time_zone(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION is_time_zone(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.is_time_zone(value text) IS 'An IANA time zone that this server knows (Europe/Brussels, UTC).';


--
-- Name: judge_transition(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.judge_transition() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_from text;
  v_code text;
begin
  if tg_op = 'UPDATE' then
    if new.state is not distinct from old.state
      and new.state_via is not distinct from old.state_via
      and new.state_reason is not distinct from old.state_reason
    then
      return null;
    end if;
    v_from := old.state;
    v_code := core.transition_refusal(tg_argv[0], v_from, new.state, new.state_via, new.state_reason, to_jsonb(new));
  else
    -- The plain creation, which every capture is, costs one look-up and no second function.
    perform from core.transition as t
    where t.machine = tg_argv[0] and t.origin = '' and t.to_state = new.state and t.via = new.state_via
      and not t.requires_reason and not t.system_only;
    if not found then
      v_code := core.transition_refusal(tg_argv[0], null, new.state, new.state_via, new.state_reason, '{}');
    end if;
  end if;
  if v_code is not null then
    perform core.fail(
      'SA022',
      format('%s: %s -> %s via %s (%s)', tg_argv[0], coalesce(v_from, 'nothing'), new.state, coalesce(new.state_via, 'nothing'), v_code),
      'a row of core.transition'
    );
  end if;
  if tg_argv[1] <> 'kept_as_events' then
    execute format(
      'insert into %I.%I (tenant_id, object_id, from_state, to_state, via, reason) values ($1, $2, $3, $4, $5, $6)',
      tg_table_schema, tg_table_name || '_transition'
    )
    using new.tenant_id, (to_jsonb(new) ->> tg_argv[1])::uuid, v_from, new.state, new.state_via, new.state_reason;
  end if;
  return null;
end $_$;


ALTER FUNCTION core.judge_transition() OWNER TO smartattend_owner;

--
-- Name: FUNCTION judge_transition(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.judge_transition() IS 'The one state-machine trigger: after insert or update for each row, enable always, arguments (machine, column of the object''s id, or kept_as_events). Judges the final row and writes its history to <schema>.<object>_transition. A before trigger would write history for rows that on conflict do nothing drops, and would not see what a later before trigger changed.';


--
-- Name: local_instant(timestamp without time zone, text, text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.local_instant(local timestamp without time zone, zone text, side text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
  -- The two offsets in force around the local time give two candidates; one that reads as the local time is real.
  select coalesce(
    case local_instant.side
      when 'start' then pg_catalog.min(c.instant) filter (where c.instant at time zone local_instant.zone = local_instant.local)
      when 'end' then pg_catalog.max(c.instant) filter (where c.instant at time zone local_instant.zone = local_instant.local)
    end,
    pg_catalog.max(c.instant) filter (where c.is_before)
  )
  from (
    select
      p.is_before,
      local_instant.local at time zone 'UTC' - ((p.probe at time zone local_instant.zone) - (p.probe at time zone 'UTC')) as instant
    from (
      values
        (true, (local_instant.local - interval '26 hours') at time zone 'UTC'),
        (false, (local_instant.local + interval '26 hours') at time zone 'UTC')
    ) as p (is_before, probe)
  ) as c
$$;


ALTER FUNCTION core.local_instant(local timestamp without time zone, zone text, side text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION local_instant(local timestamp without time zone, zone text, side text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.local_instant(local timestamp without time zone, zone text, side text) IS 'The instant of a local time in an IANA zone. A local time that does not exist moves forward by the gap; a doubled one is its first occurrence for side ''start'' and its second for side ''end''. Differences of these instants are durations: a night shift over a clock change has its true length.';


--
-- Name: networks(jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.networks(value jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if jsonb_typeof(networks.value) <> 'array' or jsonb_array_length(networks.value) > 64 or networks.value @> '[null]' then
    return null;
  end if;
  return (
    select coalesce(jsonb_agg(n.network::cidr::text order by n.network::cidr), '[]')
    from (select distinct a.network from jsonb_array_elements_text(networks.value) as a (network)) as n
  );
exception
  when invalid_text_representation then return null;
end $$;


ALTER FUNCTION core.networks(value jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION networks(value jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.networks(value jsonb) IS 'A JSON array of at most 64 networks in CIDR form, sorted; null if it is anything else.';


--
-- Name: payload_hash(jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.payload_hash(payload jsonb) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$ select pg_catalog.sha256(pg_catalog.convert_to(coalesce(payload_hash.payload, 'null'::jsonb)::text, 'UTF8')) $$;


ALTER FUNCTION core.payload_hash(payload jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION payload_hash(payload jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.payload_hash(payload jsonb) IS 'SHA-256 of a payload in jsonb''s canonical text.';


--
-- Name: put_change(jsonb, bigint, boolean, boolean, boolean); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
  select case
    when put_change.fault is not null then 'faulty'
    when put_change.turn > 1 and put_change.agrees then 'repeated'
    when put_change.turn > 1 then 'contradicted'
    when not put_change.is_present then 'created'
    when put_change.is_same then 'same'
    else 'changed'
  end
$$;


ALTER FUNCTION core.put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean) IS 'What becomes of an entry: faulty; repeated or contradicted (a later entry with the natural key of an earlier good one, of which it is turn 2 and on); created, same or changed against the present row.';


--
-- Name: put_outcome(integer, text, text, jsonb, uuid); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid) RETURNS core.batch_outcome
    LANGUAGE sql STABLE
    AS $$
  select case put_outcome.change
    when 'faulty' then (
      select (
        put_outcome.ordinal, put_outcome.key, 'refused', e.code, e.meaning, null, null, put_outcome.fault - 'code'
      )::core.batch_outcome
      from core.error_code as e
      where e.code = put_outcome.fault ->> 'code'
    )
    when 'contradicted' then (
      select (
        put_outcome.ordinal, put_outcome.key, 'refused', e.code, e.meaning, null, null,
        core.fault(null, null, 'another content', 'the content of the earlier entry with this key') - 'code' - 'field'
      )::core.batch_outcome
      from core.error_code as e
      where e.code = 'SA112'
    )
    when 'created' then (
      put_outcome.ordinal, put_outcome.key, 'accepted', null, null, put_outcome.id, null, '{"change": "created"}'::jsonb
    )::core.batch_outcome
    when 'changed' then (
      put_outcome.ordinal, put_outcome.key, 'accepted', null, null, put_outcome.id, null, '{"change": "changed"}'::jsonb
    )::core.batch_outcome
    else (
      put_outcome.ordinal, put_outcome.key, 'replayed', null, null, put_outcome.id, null, null
    )::core.batch_outcome
  end
$$;


ALTER FUNCTION core.put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid) IS 'The outcome of an entry by what became of it (core.put_change): accepted with detail {"change": "created" or "changed"}, replayed, or refused with the fault''s code and detail.';


--
-- Name: read_entries(text, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.read_entries(entry text, entries jsonb) RETURNS TABLE(ordinal integer, key text, value jsonb, fault jsonb)
    LANGUAGE plpgsql STABLE ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_names text[];
begin
  if jsonb_typeof(read_entries.entries) is distinct from 'array' then
    perform core.fail(
      'SA010', 'entries: ' || coalesce(jsonb_typeof(read_entries.entries), 'null'), 'entries: a JSON array of objects'
    );
  end if;
  select array_agg(f.field order by f.position) into v_names
  from core.entry_field as f
  where f.entry = read_entries.entry;
  if v_names is null then
    perform core.fail('SA010', 'entries of ' || read_entries.entry, 'an entry of core.entry_field');
  end if;

  return query
  select
    a.ordinal::integer,
    r.key,
    r.value,
    case
      when jsonb_typeof(a.entry) <> 'object' then
        core.fault('SA014', null, jsonb_typeof(a.entry) || ' ' || a.entry::text, 'an object')
      when a.entry - v_names <> '{}' then
        core.fault(
          'SA014', left((select min(k) from jsonb_object_keys(a.entry - v_names) as k), 64),
          'an unknown field', 'the fields ' || array_to_string(v_names, ', ')
        )
      else r.fault
    end
  from jsonb_array_elements(read_entries.entries) with ordinality as a (entry, ordinal)
  cross join lateral (
    select
      case
        when bool_and(v.value is not null) filter (where f.is_key)
        then string_agg(v.value #>> '{}', '/' order by f.position) filter (where f.is_key)
      end as key,
      coalesce(jsonb_object_agg(f.field, v.value) filter (where v.value is not null), '{}') as value,
      (
        array_agg(
          core.fault(
            case when g.value is null then 'SA012' else 'SA010' end, f.field, coalesce(left(g.value::text, 200), 'null'),
            core.entry_value_expected(f.kind, f.words, f.lowest, f.highest)
          )
          order by f.position
        ) filter (where v.value is null and (f.is_required or g.value is not null))
      )[1] as fault
    from core.entry_field as f
    -- Each value is computed once, though it is used several times: offset 0 keeps the subqueries apart.
    cross join lateral (
      select case when jsonb_typeof(a.entry) = 'object' then nullif(a.entry -> f.field, 'null') end as value
      offset 0
    ) as g
    cross join lateral (
      select core.entry_value(f.kind, f.words, f.lowest, f.highest, g.value) as value
      offset 0
    ) as v
    where f.entry = read_entries.entry
  ) as r;
end $$;


ALTER FUNCTION core.read_entries(entry text, entries jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION read_entries(entry text, entries jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.read_entries(entry text, entries jsonb) IS 'The entries of a batch, read by core.entry_field: position from 1, natural key (its fields joined by /, null if one is bad), value (canonical; null and unknown fields left out, so that every cast is safe) and fault (null if the entry is well formed; SA010 bad value, SA012 missing value, SA014 not an object or unknown field). Raises SA010 if the whole is not a JSON array. Expected rows are declared, since an estimate over jsonb is one row and makes joins quadratic; callers look rows up one by one (lateral … limit 1), which stays linear whatever the statistics say.';


--
-- Name: refuse_change(); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.refuse_change() RETURNS trigger
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform core.fail(
    case when tg_argv[0] = 'kept' then 'SA021' else 'SA020' end,
    format('%s of %I.%I', lower(tg_op), tg_table_schema, tg_table_name),
    case when tg_argv[0] = 'kept' then 'a row that is closed, not deleted' else 'insert' end
  );
  return null;
end $$;


ALTER FUNCTION core.refuse_change() OWNER TO smartattend_owner;

--
-- Name: FUNCTION refuse_change(); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.refuse_change() IS 'The one guard of history, enable always: append-only tables have it as row trigger for update and delete (…_100_append_only) and as statement trigger for truncate (…_100_no_truncate); tables whose rows are kept for ever for delete (…_100_kept, argument kept) and truncate.';


--
-- Name: refused(text, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.refused(code text, detail jsonb DEFAULT NULL::jsonb) RETURNS core.outcome
    LANGUAGE sql STABLE
    AS $$
  select ('refused', e.code, e.meaning, null, null, refused.detail)::core.outcome
  from core.error_code as e
  where e.code = refused.code
$$;


ALTER FUNCTION core.refused(code text, detail jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION refused(code text, detail jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.refused(code text, detail jsonb) IS 'The outcome of a command that policy does not allow; the message is the registry''s. Pass it through ledger.refuse, which keeps it.';


--
-- Name: replayed(uuid, integer, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.replayed(id uuid DEFAULT NULL::uuid, revision integer DEFAULT NULL::integer, detail jsonb DEFAULT NULL::jsonb) RETURNS core.outcome
    LANGUAGE sql IMMUTABLE
    AS $$ select ('replayed', null, null, replayed.id, replayed.revision, replayed.detail)::core.outcome $$;


ALTER FUNCTION core.replayed(id uuid, revision integer, detail jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION replayed(id uuid, revision integer, detail jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.replayed(id uuid, revision integer, detail jsonb) IS 'The outcome of a command that had been done before: equal to the first one except for its status.';


--
-- Name: transition_refusal(text, text, text, text, text, jsonb); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_transition core.transition;
begin
  select t.* into v_transition
  from core.transition as t
  where t.machine = transition_refusal.machine
    and t.origin = coalesce(transition_refusal.from_state, '')
    and t.to_state = transition_refusal.to_state
    and t.via = transition_refusal.via;
  if not found then
    return 'SA101';
  end if;
  if v_transition.requires_reason and core.is_reason(transition_refusal.reason) is not true then
    return 'SA013';
  end if;
  if v_transition.system_only and (core.actor()).kind is distinct from 'system' then
    return 'SA106';
  end if;
  if v_transition.distinct_actors <> '{}' then
    if exists (
      select from unnest(v_transition.distinct_actors) as c (name)
      where (transition_refusal.subject ->> c.name)::uuid = (core.actor()).user_id
    ) then
      return 'SA105';
    end if;
  end if;
  return null;
end $$;


ALTER FUNCTION core.transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb) IS 'The code that speaks against a transition, or null when it is legal: procedures ask before they write, the trigger asks again. from_state null is creation; subject is the row as jsonb, for the columns in distinct_actors.';


--
-- Name: uuid(text); Type: FUNCTION; Schema: core; Owner: smartattend_owner
--

CREATE FUNCTION core.uuid(value text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $_$
  select case
    when uuid.value ~ '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$' then uuid.value::uuid
  end
$_$;


ALTER FUNCTION core.uuid(value text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION uuid(value text); Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON FUNCTION core.uuid(value text) IS 'The UUID of a text in its usual form, or null for anything else.';


--
-- Name: generate(date, date, uuid); Type: FUNCTION; Schema: corporate; Owner: smartattend_owner
--

CREATE FUNCTION corporate.generate(from_date date, to_date date, unit_id uuid DEFAULT NULL::uuid) RETURNS TABLE(sessions integer, expectations integer, withdrawn integer)
    LANGUAGE sql ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.*
  from attendance.plan_sessions(
    'shift', generate.from_date, generate.to_date, generate.unit_id,
    array(
      select (
        u.site_id, t.unit_id, 'shift', t.id, t.name, s.time_zone, r.on_date + t.local_start, r.on_date + t.end_day_offset + t.local_end,
        r.subject_ids
      )::attendance.planned_session
      from (
        select o.template_id, o.on_date, array_agg(o.subject_id) as subject_ids
        from corporate.roster as o
        where o.tenant_id = core.bound_tenant() and o.on_date between generate.from_date and generate.to_date
        group by o.template_id, o.on_date
      ) as r
      inner join corporate.shift_template as t on t.tenant_id = core.bound_tenant() and t.id = r.template_id
      inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
      inner join tenancy.site as s on s.tenant_id = u.tenant_id and s.id = u.site_id
      where generate.unit_id is null or generate.unit_id = any (u.ancestors)
    )
  ) as p
$$;


ALTER FUNCTION corporate.generate(from_date date, to_date date, unit_id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION generate(from_date date, to_date date, unit_id uuid); Type: COMMENT; Schema: corporate; Owner: smartattend_owner
--

COMMENT ON FUNCTION corporate.generate(from_date date, to_date date, unit_id uuid) IS 'Makes the shift instances and expectations of the rosters from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant). A shift that crosses a change of clocks has its true length. Counts what it made and withdrew; safe to repeat. The caller has bound a session.';


--
-- Name: begin_put(text, text); Type: FUNCTION; Schema: identity; Owner: smartattend_owner
--

CREATE FUNCTION identity.begin_put(gate text, permission text DEFAULT NULL::text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_state text;
begin
  -- Puts of one tenant follow each other: what one judges as absent stays absent until it has written.
  select t.state into v_state
  from tenancy.tenant as t
  where t.tenant_id = core.bound_tenant()
  for no key update;
  if core.bound_tenant(begin_put.gate) is null then
    return core.fault('SA107', null, 'a tenant that is ' || v_state, 'a tenant state that allows ' || begin_put.gate);
  end if;
  if begin_put.permission is not null and not identity.holds(begin_put.permission) then
    return identity.scope_fault(begin_put.permission);
  end if;
  return null;
end $$;


ALTER FUNCTION identity.begin_put(gate text, permission text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION begin_put(gate text, permission text); Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON FUNCTION identity.begin_put(gate text, permission text) IS 'The second statement of every api.put_*: locks the tenant''s row, so that its puts follow each other and what is judged holds until it is written. Null, or the fault of every entry: SA107 when the tenant''s state closes the gate, SA104 when the bound actor does not hold the permission (if one is given) for the whole tenant.';


--
-- Name: bind_operator(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.bind_operator(tenant_slug text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "DateStyle" TO 'ISO, MDY'
    AS $$
declare
  v_tenant_id uuid;
  v_actor core.actor;
  v_bound text;
begin
  select t.tenant_id into v_tenant_id from tenancy.tenant as t where t.slug = bind_operator.tenant_slug;
  if not found then
    perform core.fail('SA011', coalesce(bind_operator.tenant_slug, 'null'), 'the slug of a tenant');
  end if;
  v_actor := (v_tenant_id, null, null, null, null, 'operator', core.clock());
  v_bound := core.bind(v_tenant_id, 'administration_read', v_actor);
  return v_tenant_id;
end $$;


ALTER FUNCTION identity.bind_operator(tenant_slug text) OWNER TO smartattend_session;

--
-- Name: FUNCTION bind_operator(tenant_slug text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.bind_operator(tenant_slug text) IS 'Binds a tenant for a function that members of smartattend_operator may execute: administration is readable, nothing is writable. Error SA011.';


--
-- Name: bind_platform(text, text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.bind_platform(token text, permission text) RETURNS core.actor
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "DateStyle" TO 'ISO, MDY'
    AS $$
declare
  v_token text := coalesce(bind_platform.token, nullif(current_setting('smartattend.token', true), ''));
  v_now timestamptz := core.clock();
  v_session identity.platform_session;
  v_actor core.actor;
  v_bound text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  if v_token is null then
    perform core.fail('SA001', 'no token', 'token => sa_platform_<secret>');
  end if;
  select s.* into v_session
  from identity.platform_session as s
  where s.token_hash = sha256(convert_to(v_token, 'UTF8'));
  if not found then
    perform core.fail('SA002', 'an unknown token', 'the token of a platform session');
  end if;
  if not identity.is_live(v_session.expires_at, interval '15 minutes', v_session.last_seen_at, null, v_now) then
    perform core.fail('SA003', 'expired', 'a live session: 15 minutes idle, 8 hours in all');
  end if;
  if v_session.revoked_at is not null then
    perform core.fail('SA004', 'revoked', 'a live session');
  end if;
  update identity.platform_session as s
  set last_seen_at = v_now
  where s.user_id = v_session.user_id and s.id = v_session.id and s.last_seen_at < v_now - interval '1 minute';
  v_actor := (null, v_session.user_id, v_session.id, null, null, 'platform', v_now);
  v_bound := core.bind(null, '', v_actor);
  if not exists (
    select from identity.platform_grant as g
    inner join identity.role_permission as p on p.role = g.role
    where g.user_id = v_session.user_id
      and p.permission = bind_platform.permission
      and g.revoked_at is null
      and g.starts_at <= v_now and g.ends_at > v_now
  ) then
    perform core.fail('SA104', 'a session without ' || bind_platform.permission, 'a platform role that holds ' || bind_platform.permission);
  end if;
  return v_actor;
end $$;


ALTER FUNCTION identity.bind_platform(token text, permission text) OWNER TO smartattend_session;

--
-- Name: FUNCTION bind_platform(token text, permission text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.bind_platform(token text, permission text) IS 'The first statement of a platform procedure: verifies the platform token and the permission, binds the actor and no tenant. Errors SA001 to SA006, SA104.';


--
-- Name: bind_session(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.bind_session(token text DEFAULT NULL::text) RETURNS core.actor
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "DateStyle" TO 'ISO, MDY'
    AS $$
declare
  v_token text := coalesce(bind_session.token, nullif(current_setting('smartattend.token', true), ''));
  v_now timestamptz := core.clock();
  v_tenant_id uuid;
  v_hash bytea;
  v_session record;
  v_actor core.actor;
  v_bound text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    perform core.fail('SA006', current_setting('transaction_isolation'), 'read committed');
  end if;
  if v_token is null then
    perform core.fail('SA001', 'no token', 'token => sa_<tenant>_<secret>');
  end if;
  v_tenant_id := identity.token_tenant(v_token);
  v_hash := sha256(convert_to(v_token, 'UTF8'));
  select s.* into v_session from identity.find_session(v_tenant_id, v_hash, v_now) as s;
  if not found then
    perform core.fail('SA002', 'an unknown token', 'the token of a login session');
  end if;
  if v_session.is_good then
    null;
  elsif v_session.revoked_at is not null then
    perform core.fail('SA004', 'revoked at ' || v_session.revoked_at::text, 'a live session');
  elsif not identity.is_live(v_session.expires_at, v_session.idle_timeout, v_session.last_seen_at, null, v_now) then
    perform core.fail('SA003', 'expired', 'a live session');
  elsif v_session.login <> 'all' and not (v_session.login = 'administrators' and identity.is_administrator(v_tenant_id, v_session.user_id))
  then
    perform core.fail('SA005', 'login is open to ' || v_session.login, 'a tenant state that lets this person log in');
  end if;
  v_actor := (
    v_tenant_id, v_session.user_id, v_session.session_id, v_session.device_id, v_session.unit_id, v_session.kind, v_now
  );
  v_bound := core.bind(v_tenant_id, v_session.opens, v_actor);
  if v_session.last_seen_at < v_now - interval '1 minute' then
    -- At most once a minute, and never waiting for another caller that does the same.
    update identity.login_session as s
    set last_seen_at = v_now
    where (s.tenant_id, s.id) in (
      select l.tenant_id, l.id
      from identity.login_session as l
      where l.tenant_id = v_tenant_id and l.id = v_session.session_id
      for no key update skip locked
    );
  end if;
  return v_actor;
end $$;


ALTER FUNCTION identity.bind_session(token text) OWNER TO smartattend_session;

--
-- Name: FUNCTION bind_session(token text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.bind_session(token text) IS 'The first statement of every procedure of api: verifies the token (or the setting smartattend.token) once and binds tenant, gate and actor for this transaction, overwriting what the caller had set. Errors SA001 to SA006.';


--
-- Name: bind_target(uuid); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.bind_target(tenant_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "DateStyle" TO 'ISO, MDY'
    AS $$
declare
  v_bound text;
begin
  if (core.actor()).kind is distinct from 'platform' then
    perform core.fail('SA104', 'a session of a tenant', 'a platform session');
  end if;
  v_bound := core.bind(
    bind_target.tenant_id, case when bind_target.tenant_id is null then '' else 'administration_read administration_write' end, core.actor()
  );
end $$;


ALTER FUNCTION identity.bind_target(tenant_id uuid) OWNER TO smartattend_session;

--
-- Name: FUNCTION bind_target(tenant_id uuid); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.bind_target(tenant_id uuid) IS 'Binds the tenant that a platform procedure works on (null: none), for administration only: the platform reads no attendance.';


--
-- Name: bootstrap_superadmin(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.bootstrap_superadmin(login text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_user_id uuid;
begin
  if coalesce(bootstrap_superadmin.login, '') !~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$' then
    perform core.fail('SA010', 'login ' || coalesce(bootstrap_superadmin.login, 'null'), '3 to 128 lower-case letters, digits and . _ @ + -');
  end if;
  lock table identity.platform_grant in share row exclusive mode;
  if exists (
    select from identity.platform_grant as g
    where g.role = 'superadmin' and g.revoked_at is null and g.ends_at > core.clock()
  ) then
    perform core.fail('SA112', 'a live superadmin', 'none: only the first is made this way');
  end if;
  insert into identity."user" (login) values (bootstrap_superadmin.login)
  on conflict on constraint login_is_unique do nothing;
  select u.id into v_user_id from identity."user" as u where u.login = bootstrap_superadmin.login;
  insert into identity.platform_grant (user_id, role) values (v_user_id, 'superadmin');
  return v_user_id;
end $_$;


ALTER FUNCTION identity.bootstrap_superadmin(login text) OWNER TO smartattend_session;

--
-- Name: FUNCTION bootstrap_superadmin(login text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.bootstrap_superadmin(login text) IS 'Makes the first superadmin of this database; refuses when there is a live one. For the deployer. Errors SA010, SA112.';


--
-- Name: current_session(); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.current_session() RETURNS TABLE(tenant_id uuid, user_id uuid, session_id uuid, device_id uuid, unit_id uuid, kind text, opens text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_token text := nullif(current_setting('smartattend.token', true), '');
  v_tenant_id uuid := identity.token_tenant(v_token);
  v_hash bytea := sha256(convert_to(v_token, 'UTF8'));
begin
  return query
  select v_tenant_id, s.user_id, s.session_id, s.device_id, s.unit_id, s.kind, s.opens
  from identity.find_session(v_tenant_id, v_hash, core.clock()) as s
  where identity.is_live(s.expires_at, s.idle_timeout, s.last_seen_at, s.revoked_at, core.clock())
    and (s.login = 'all' or (s.login = 'administrators' and identity.is_administrator(v_tenant_id, s.user_id)));
end $$;


ALTER FUNCTION identity.current_session() OWNER TO smartattend_session;

--
-- Name: FUNCTION current_session(); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.current_session() IS 'The session of the token in smartattend.token, verified at every call; no row without a live one. The policies of roles that can run SQL of their own stand on it: setting a tenant by hand does nothing.';


--
-- Name: ensure_users(text[]); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.ensure_users(logins text[]) RETURNS TABLE(login text, user_id uuid)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if (core.actor()).session_id is null then
    perform core.fail('SA001', 'nobody is bound', 'a bound session');
  end if;
  insert into identity."user" (login)
  select distinct l.login from unnest(ensure_users.logins) as l (login) order by l.login
  on conflict on constraint login_is_unique do nothing;
  return query
  select u.login, u.id from identity."user" as u where u.login = any (ensure_users.logins);
end $$;


ALTER FUNCTION identity.ensure_users(logins text[]) OWNER TO smartattend_session;

--
-- Name: FUNCTION ensure_users(logins text[]); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.ensure_users(logins text[]) IS 'The accounts of these logins, made where they were not: an account is platform-wide and says nothing about its tenants.';


--
-- Name: find_session(uuid, bytea, timestamp with time zone); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.find_session(tenant_id uuid, token_hash bytea, now timestamp with time zone) RETURNS TABLE(session_id uuid, kind text, user_id uuid, device_id uuid, unit_id uuid, expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, login text, opens text, is_good boolean)
    LANGUAGE sql STABLE
    AS $$
  select s.id, s.kind, s.user_id, s.device_id, s.unit_id,
    s.expires_at, s.idle_timeout, s.last_seen_at, s.revoked_at, g.login, g.opens,
    identity.is_live(s.expires_at, s.idle_timeout, s.last_seen_at, s.revoked_at, find_session.now) and g.login = 'all'
  from identity.login_session as s
  inner join tenancy.tenant as t on t.tenant_id = s.tenant_id
  inner join tenancy.gate as g on g.state = t.state
  where s.tenant_id = find_session.tenant_id
    and s.token_hash = find_session.token_hash
$$;


ALTER FUNCTION identity.find_session(tenant_id uuid, token_hash bytea, now timestamp with time zone) OWNER TO smartattend_session;

--
-- Name: FUNCTION find_session(tenant_id uuid, token_hash bytea, now timestamp with time zone); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.find_session(tenant_id uuid, token_hash bytea, now timestamp with time zone) IS 'The login session of a token, by its tenant and its SHA-256, dead or alive, with the gate of its tenant''s state; is_good spares the further questions. Inlined into the two verifiers.';


--
-- Name: finish_put(text, core.batch_outcome[]); Type: FUNCTION; Schema: identity; Owner: smartattend_owner
--

CREATE FUNCTION identity.finish_put(command text, outcomes core.batch_outcome[]) RETURNS SETOF core.batch_outcome
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform ledger.refuse(finish_put.command, null, r.payload, core.refused(r.code, r.detail))
  from (
    select
      o.code,
      jsonb_agg(jsonb_build_object('key', o.key, 'detail', o.detail) order by o.ordinal) as payload,
      jsonb_build_object('entries', count(*), 'keys', to_jsonb((array_agg(o.key order by o.ordinal))[1:100])) as detail
    from unnest(finish_put.outcomes) as o
    inner join core.error_code as e on e.code = o.code and e.kind = 'refusal'
    group by o.code
  ) as r;
  return query
  select o.* from unnest(finish_put.outcomes) as o order by o.ordinal;
end $$;


ALTER FUNCTION identity.finish_put(command text, outcomes core.batch_outcome[]) OWNER TO smartattend_owner;

--
-- Name: FUNCTION finish_put(command text, outcomes core.batch_outcome[]); Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON FUNCTION identity.finish_put(command text, outcomes core.batch_outcome[]) IS 'The last step of every api.put_*: keeps what policy refused (one row of ledger.refusal for each code, with the number of entries and the first 100 keys) and hands the outcomes out in the order of the entries.';


--
-- Name: holds(text, uuid); Type: FUNCTION; Schema: identity; Owner: smartattend_owner
--

CREATE FUNCTION identity.holds(permission text, unit_id uuid DEFAULT NULL::uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := core.actor();
  v_now timestamptz := core.clock();
  v_ancestors uuid[] := array[]::uuid[];
begin
  if holds.unit_id is not null then
    select u.ancestors into v_ancestors
    from tenancy.unit as u
    where u.tenant_id = v_actor.tenant_id and u.id = holds.unit_id;
  end if;
  if v_actor.kind = 'device' then
    return (holds.unit_id is null or v_actor.unit_id = any (v_ancestors))
      and exists (select from identity.role_permission as p where p.role = 'device' and p.permission = holds.permission);
  end if;
  return exists (
    select from identity.role_grant as g
    inner join identity.role_permission as p on p.role = g.role
    where g.tenant_id = v_actor.tenant_id
      and g.user_id = v_actor.user_id
      and g.starts_at <= v_now
      and g.ends_at > v_now
      and coalesce(g.revoked_at, 'infinity') > v_now -- not "is null", which would choose the index of the exclusion constraint
      and (g.unit_id is null or g.unit_id = any (v_ancestors))
      and p.permission = holds.permission
  );
end $$;


ALTER FUNCTION identity.holds(permission text, unit_id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION holds(permission text, unit_id uuid); Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON FUNCTION identity.holds(permission text, unit_id uuid) IS 'Whether the bound actor holds a permission for a unit: by a live grant for the whole tenant, for the unit or for one above it. Without a unit only a grant for the whole tenant counts (a device: any place within its unit).';


--
-- Name: is_administrator(uuid, uuid); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.is_administrator(tenant_id uuid, user_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select exists (
    select from identity.role_grant as g
    where g.tenant_id = is_administrator.tenant_id
      and g.user_id = is_administrator.user_id
      and g.role in ('school_admin', 'corporate_admin')
      and g.unit_id is null
      and coalesce(g.revoked_at, 'infinity') > core.clock() -- not "is null", which would choose the index of the exclusion constraint
      and g.starts_at <= core.clock() and g.ends_at > core.clock()
  )
$$;


ALTER FUNCTION identity.is_administrator(tenant_id uuid, user_id uuid) OWNER TO smartattend_session;

--
-- Name: FUNCTION is_administrator(tenant_id uuid, user_id uuid); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.is_administrator(tenant_id uuid, user_id uuid) IS 'Whether the person administers the whole tenant now.';


--
-- Name: is_live(timestamp with time zone, interval, timestamp with time zone, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.is_live(expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select is_live.revoked_at is null
    and is_live.expires_at > is_live.now
    and (is_live.idle_timeout is null or is_live.last_seen_at > is_live.now - is_live.idle_timeout)
$$;


ALTER FUNCTION identity.is_live(expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, now timestamp with time zone) OWNER TO smartattend_session;

--
-- Name: FUNCTION is_live(expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, now timestamp with time zone); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.is_live(expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, now timestamp with time zone) IS 'Whether a login session is neither revoked nor past its absolute or idle expiry.';


--
-- Name: login(text, text, interval, interval, text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.login(tenant_slug text, login text, lifetime interval DEFAULT '12:00:00'::interval, idle_timeout interval DEFAULT NULL::interval, reason text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id uuid;
  v_state text;
  v_gate text;
  v_member identity.membership;
  v_token text;
  v_now timestamptz := core.clock();
begin
  select t.tenant_id, t.state, g.login into v_tenant_id, v_state, v_gate
  from tenancy.tenant as t
  inner join tenancy.gate as g on g.state = t.state
  where t.slug = login.tenant_slug;
  if not found then
    perform core.fail('SA011', coalesce(login.tenant_slug, 'null'), 'the slug of a tenant');
  end if;
  select m.* into v_member
  from identity.membership as m
  inner join identity."user" as u on u.id = m.user_id
  where m.tenant_id = v_tenant_id and (u.login = login.login or m.member_number = login.login)
  order by (u.login = login.login) desc
  limit 1;
  if not found then
    perform core.fail('SA011', coalesce(login.login, 'null'), 'the login or member number of a member');
  end if;
  if not (v_member.active_from <= v_now and coalesce(v_member.active_until, 'infinity') > v_now) then
    perform core.fail('SA005', 'a membership that is not active', 'an active membership');
  end if;
  if v_gate <> 'all' and not (v_gate = 'administrators' and identity.is_administrator(v_tenant_id, v_member.user_id)) then
    perform core.fail('SA005', 'tenant is ' || v_state, 'a tenant state that lets this person log in');
  end if;
  if login.lifetime is null or login.lifetime <= interval '0' or login.lifetime > interval '90 days' then
    perform core.fail('SA010', coalesce(login.lifetime::text, 'null'), 'a lifetime above 0 and up to 90 days');
  end if;
  v_token := 'sa_' || replace(v_tenant_id::text, '-', '') || '_' || identity.new_secret();
  insert into identity.login_session (tenant_id, kind, user_id, token_hash, created_at, expires_at, idle_timeout, last_seen_at, issued_because)
  values (
    v_tenant_id, 'user', v_member.user_id, sha256(convert_to(v_token, 'UTF8')), v_now,
    least(v_now + login.lifetime, v_member.active_until), login.idle_timeout, v_now, login.reason
  );
  return v_token;
end $$;


ALTER FUNCTION identity.login(tenant_slug text, login text, lifetime interval, idle_timeout interval, reason text) OWNER TO smartattend_session;

--
-- Name: FUNCTION login(tenant_slug text, login text, lifetime interval, idle_timeout interval, reason text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.login(tenant_slug text, login text, lifetime interval, idle_timeout interval, reason text) IS 'Opens a login session for a member whose identity the caller has verified (single sign-on, a login service) and answers its token, once: only the SHA-256 stays. For members of smartattend_operator. Errors SA005, SA010, SA011.';


--
-- Name: login_platform(text, text, text, integer, interval); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.login_platform(login text, reason text, ticket text, mfa_level integer DEFAULT 1, lifetime interval DEFAULT '01:00:00'::interval) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_user_id uuid;
  v_token text := 'sa_platform_' || identity.new_secret();
  v_now timestamptz := core.clock();
begin
  select u.id into v_user_id
  from identity."user" as u
  inner join identity.platform_grant as g on g.user_id = u.id
  where u.login = login_platform.login and g.revoked_at is null and g.starts_at <= v_now and g.ends_at > v_now
  order by g.id
  limit 1
  for no key update of g; -- two log-ins of one person follow each other
  if not found then
    perform core.fail('SA011', coalesce(login_platform.login, 'null'), 'the login of a person with a platform role');
  end if;
  if core.is_reason(login_platform.reason) is not true then
    perform core.fail('SA013', coalesce(login_platform.reason, 'null'), 'a reason of at least 10 characters');
  end if;
  if core.is_code(login_platform.ticket) is not true then
    perform core.fail('SA012', coalesce(login_platform.ticket, 'null'), 'the ticket that asks for this session');
  end if;
  if coalesce(login_platform.mfa_level between 1 and 3, false) is false then
    perform core.fail('SA010', 'mfa_level ' || coalesce(login_platform.mfa_level::text, 'null'), '1 to 3');
  end if;
  if coalesce(login_platform.lifetime > interval '0' and login_platform.lifetime <= interval '8 hours', false) is false then
    perform core.fail('SA010', 'lifetime ' || coalesce(login_platform.lifetime::text, 'null'), 'above 0 and up to 8 hours');
  end if;
  update identity.platform_session as s set revoked_at = v_now where s.user_id = v_user_id and s.revoked_at is null;
  insert into identity.platform_session (user_id, token_hash, reason, ticket, mfa_level, created_at, expires_at, last_seen_at)
  values (
    v_user_id, sha256(convert_to(v_token, 'UTF8')), login_platform.reason, login_platform.ticket, login_platform.mfa_level, v_now,
    v_now + login_platform.lifetime, v_now
  );
  return v_token;
end $$;


ALTER FUNCTION identity.login_platform(login text, reason text, ticket text, mfa_level integer, lifetime interval) OWNER TO smartattend_session;

--
-- Name: FUNCTION login_platform(login text, reason text, ticket text, mfa_level integer, lifetime interval); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.login_platform(login text, reason text, ticket text, mfa_level integer, lifetime interval) IS 'Opens a platform session and ends the person''s earlier one; answers its token, once. For members of smartattend_operator. Errors SA010, SA011, SA012, SA013.';


--
-- Name: new_secret(); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.new_secret() RETURNS text
    LANGUAGE sql
    AS $$
  select pg_catalog.encode(
    pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid())), 'hex'
  )
$$;


ALTER FUNCTION identity.new_secret() OWNER TO smartattend_session;

--
-- Name: FUNCTION new_secret(); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.new_secret() IS '64 hexadecimal digits from the server''s cryptographic random numbers.';


--
-- Name: open_device_session(uuid, uuid, uuid, interval, text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_token text := 'sa_' || replace(open_device_session.tenant_id::text, '-', '') || '_' || identity.new_secret();
  v_now timestamptz := core.clock();
begin
  if open_device_session.lifetime is null or open_device_session.lifetime <= interval '0' or open_device_session.lifetime > interval '400 days' then
    perform core.fail('SA010', coalesce(open_device_session.lifetime::text, 'null'), 'a lifetime above 0 and up to 400 days');
  end if;
  insert into identity.login_session (tenant_id, kind, device_id, unit_id, token_hash, created_at, expires_at, last_seen_at, issued_because)
  values (
    open_device_session.tenant_id, 'device', open_device_session.device_id, open_device_session.unit_id,
    sha256(convert_to(v_token, 'UTF8')), v_now, v_now + open_device_session.lifetime, v_now, open_device_session.reason
  );
  return v_token;
end $$;


ALTER FUNCTION identity.open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text) OWNER TO smartattend_session;

--
-- Name: FUNCTION open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text) IS 'Opens a login session of a device within a unit; timing.login_device calls it.';


--
-- Name: require(text, uuid); Type: FUNCTION; Schema: identity; Owner: smartattend_owner
--

CREATE FUNCTION identity.require(permission text, unit_id uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if not identity.holds(require.permission, require.unit_id) then
    perform core.fail('SA104', 'a session without ' || require.permission, require.permission || ' in this scope');
  end if;
end $$;


ALTER FUNCTION identity.require(permission text, unit_id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION require(permission text, unit_id uuid); Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON FUNCTION identity.require(permission text, unit_id uuid) IS 'Raises SA104 when the bound actor does not hold the permission in this scope.';


--
-- Name: revoke_tenant_sessions(uuid, text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.revoke_tenant_sessions(tenant_id uuid, reason text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  with revoked as (
    update identity.login_session as s
    set revoked_at = core.clock(), revoked_because = revoke_tenant_sessions.reason
    where s.tenant_id = revoke_tenant_sessions.tenant_id and s.revoked_at is null
    returning 1
  )
  select count(*) from revoked
$$;


ALTER FUNCTION identity.revoke_tenant_sessions(tenant_id uuid, reason text) OWNER TO smartattend_session;

--
-- Name: FUNCTION revoke_tenant_sessions(tenant_id uuid, reason text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.revoke_tenant_sessions(tenant_id uuid, reason text) IS 'Ends every login session of a tenant, in the transaction that closes it.';


--
-- Name: revoke_token(text, text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.revoke_token(token text, reason text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update identity.login_session as s
  set revoked_at = core.clock(), revoked_because = revoke_token.reason
  where s.tenant_id = identity.token_tenant(revoke_token.token)
    and s.token_hash = sha256(convert_to(revoke_token.token, 'UTF8'))
    and s.revoked_at is null;
  if found then
    return true;
  end if;
  update identity.platform_session as s
  set revoked_at = core.clock()
  where s.token_hash = sha256(convert_to(revoke_token.token, 'UTF8')) and s.revoked_at is null;
  return found;
end $$;


ALTER FUNCTION identity.revoke_token(token text, reason text) OWNER TO smartattend_session;

--
-- Name: FUNCTION revoke_token(token text, reason text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.revoke_token(token text, reason text) IS 'Ends the session of a token at once; who holds the token may do so. False when there was no live one.';


--
-- Name: scope_fault(text); Type: FUNCTION; Schema: identity; Owner: smartattend_owner
--

CREATE FUNCTION identity.scope_fault(permission text) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
  select core.fault('SA104', null, 'a session without ' || scope_fault.permission, scope_fault.permission || ' in this scope')
$$;


ALTER FUNCTION identity.scope_fault(permission text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION scope_fault(permission text); Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON FUNCTION identity.scope_fault(permission text) IS 'The fault SA104 of an entry that lies outside the scope of the bound actor''s permission.';


--
-- Name: session_holds(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.session_holds(permission text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
    select
    from identity.current_session() as s
    inner join identity.role_grant as g on g.tenant_id = s.tenant_id and g.user_id = s.user_id
    inner join identity.role_permission as p on p.role = g.role
    where p.permission = session_holds.permission
      and g.unit_id is null
      and coalesce(g.revoked_at, 'infinity') > core.clock() -- not "is null", which would choose the index of the exclusion constraint
      and g.starts_at <= core.clock()
      and g.ends_at > core.clock()
  )
$$;


ALTER FUNCTION identity.session_holds(permission text) OWNER TO smartattend_session;

--
-- Name: FUNCTION session_holds(permission text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.session_holds(permission text) IS 'Whether the verified session holds a permission for its whole tenant.';


--
-- Name: session_tenant(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.session_tenant(gate text) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select s.tenant_id from identity.current_session() as s where strpos(s.opens, session_tenant.gate) > 0
$$;


ALTER FUNCTION identity.session_tenant(gate text) OWNER TO smartattend_session;

--
-- Name: FUNCTION session_tenant(gate text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.session_tenant(gate text) IS 'The verified session''s tenant, if its lifecycle state opens the gate; otherwise null, and no row is seen.';


--
-- Name: session_units(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.session_units(permission text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select u.id
  from identity.current_session() as s
  inner join identity.role_grant as g on g.tenant_id = s.tenant_id and g.user_id = s.user_id
  inner join identity.role_permission as p on p.role = g.role
  inner join tenancy.unit as u on u.tenant_id = g.tenant_id and g.unit_id = any (u.ancestors)
  where p.permission = session_units.permission
    and coalesce(g.revoked_at, 'infinity') > core.clock() -- not "is null", which would choose the index of the exclusion constraint
    and g.starts_at <= core.clock()
    and g.ends_at > core.clock()
$$;


ALTER FUNCTION identity.session_units(permission text) OWNER TO smartattend_session;

--
-- Name: FUNCTION session_units(permission text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.session_units(permission text) IS 'The units in which the verified session holds a permission, with everything beneath them; a grant for the whole tenant is session_holds.';


--
-- Name: session_user_id(); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.session_user_id() RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ select s.user_id from identity.current_session() as s $$;


ALTER FUNCTION identity.session_user_id() OWNER TO smartattend_session;

--
-- Name: FUNCTION session_user_id(); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.session_user_id() IS 'The verified session''s person.';


--
-- Name: token_tenant(text); Type: FUNCTION; Schema: identity; Owner: smartattend_session
--

CREATE FUNCTION identity.token_tenant(token text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
  -- No regular expression: one with counts costs more than the rest of the verification.
  select case
    when pg_catalog.length(token_tenant.token) = 100
      and pg_catalog.translate(pg_catalog.substr(token_tenant.token, 4, 32), '0123456789abcdef', '') = ''
    then pg_catalog.substr(token_tenant.token, 4, 32)::uuid
  end
$$;


ALTER FUNCTION identity.token_tenant(token text) OWNER TO smartattend_session;

--
-- Name: FUNCTION token_tenant(token text); Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON FUNCTION identity.token_tenant(token text) IS 'The tenant that a token sa_<tenant>_<secret> names, or null; it is a place to look, and proves nothing.';


--
-- Name: refuse(text, uuid, jsonb, core.outcome); Type: FUNCTION; Schema: ledger; Owner: smartattend_ledger
--

CREATE FUNCTION ledger.refuse(command text, key uuid, payload jsonb, outcome core.outcome) RETURNS core.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_actor core.actor := core.actor();
begin
  insert into ledger.refusal (tenant_id, command, key, payload_hash, code, detail, actor_id, session_id, device_id, elapsed_us)
  values (
    coalesce(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'), refuse.command, refuse.key,
    core.payload_hash(refuse.payload), (refuse.outcome).code, (refuse.outcome).detail,
    v_actor.user_id, v_actor.session_id, v_actor.device_id,
    extract(epoch from core.clock() - v_actor.bound_at) * 1000000
  )
  on conflict on constraint refusal_is_kept_once do nothing;
  return refuse.outcome;
end $$;


ALTER FUNCTION ledger.refuse(command text, key uuid, payload jsonb, outcome core.outcome) OWNER TO smartattend_ledger;

--
-- Name: FUNCTION refuse(command text, key uuid, payload jsonb, outcome core.outcome); Type: COMMENT; Schema: ledger; Owner: smartattend_ledger
--

COMMENT ON FUNCTION ledger.refuse(command text, key uuid, payload jsonb, outcome core.outcome) IS 'Keeps a refusal and hands the outcome back: return core.finish(ledger.refuse(…)). The same refusal of the same key and payload is kept once.';


--
-- Name: generate(date, date, uuid); Type: FUNCTION; Schema: school; Owner: smartattend_owner
--

CREATE FUNCTION school.generate(from_date date, to_date date, unit_id uuid DEFAULT NULL::uuid) RETURNS TABLE(sessions integer, expectations integer, withdrawn integer)
    LANGUAGE sql ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select p.*
  from attendance.plan_sessions(
    'timetable', generate.from_date, generate.to_date, generate.unit_id,
    array(
      select (
        u.site_id, t.unit_id, t.kind, t.id, u.name, s.time_zone, d.day + t.local_start, d.day + t.local_end,
        array(
          select e.subject_id
          from school.enrolment as e
          where e.tenant_id = t.tenant_id
            and e.unit_id = t.unit_id
            and e.starts_on <= d.day
            and coalesce(e.ends_on, 'infinity') > d.day
        )
      )::attendance.planned_session
      from school.timetable as t
      inner join tenancy.unit as u on u.tenant_id = t.tenant_id and u.id = t.unit_id
      inner join tenancy.site as s on s.tenant_id = u.tenant_id and s.id = u.site_id
      left join school.section as n on n.tenant_id = t.tenant_id and n.id = t.unit_id
      left join school.term as r on r.tenant_id = n.tenant_id and r.id = n.term_id
      -- From the first such weekday in steps of a week.
      cross join lateral (
        select generate.from_date + (7 + t.weekday - extract(isodow from generate.from_date)::integer) % 7 + 7 * w.week as day
        from generate_series(0, (generate.to_date - generate.from_date) / 7) as w (week)
      ) as d
      where t.tenant_id = core.bound_tenant()
        and (generate.unit_id is null or generate.unit_id = any (u.ancestors))
        and d.day between t.valid_from and generate.to_date
        and coalesce(t.valid_until, 'infinity') > d.day
        and d.day >= coalesce(r.starts_on, '-infinity')
        and d.day < coalesce(r.ends_on, 'infinity')
        -- A day that another system has brought in is not made a second time.
        and not (
          t.kind = 'day'
          and exists (
            select from attendance.session as i
            where i.tenant_id = t.tenant_id
              and i.business_date = d.day
              and i.unit_id = t.unit_id
              and i.kind = 'day'
              and i.source = 'import'
          )
        )
    )
  ) as p
$$;


ALTER FUNCTION school.generate(from_date date, to_date date, unit_id uuid) OWNER TO smartattend_owner;

--
-- Name: FUNCTION generate(from_date date, to_date date, unit_id uuid); Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON FUNCTION school.generate(from_date date, to_date date, unit_id uuid) IS 'Makes the sessions and expectations of the timetables from from_date to to_date, both included, for a unit with everything beneath it (null: the tenant); sections meet inside their term only. Counts what it made and withdrew; safe to repeat. The caller has bound a session.';


--
-- Name: cache_off_history(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.cache_off_history(tenant_id uuid, run_id uuid DEFAULT NULL::uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'record ' || r.id, coalesce('revision ' || e.revision || ', ' || e.state || ' ' || coalesce(e.code, 'without code'), 'an event for its revision'),
    'revision ' || r.revision || ', ' || r.state || ' ' || coalesce(r.code, 'without code'),
    jsonb_build_object('record_id', r.id, 'subject_id', r.subject_id, 'key', e.key)
  from attendance.record as r
  left join lateral (
    select v.*
    from attendance.event as v
    where v.tenant_id = r.tenant_id and v.record_id = r.id
    order by v.revision desc
    limit 1
  ) as e on true
  where r.tenant_id = cache_off_history.tenant_id
    and (r.revision, r.state, r.code, r.in_at, r.out_at, r.subject_id, r.session_id, r.business_date)
      is distinct from (e.revision, e.state, e.code, e.in_at, e.out_at, e.subject_id, e.session_id, e.business_date)
$$;


ALTER FUNCTION simulation.cache_off_history(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION cache_off_history(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.cache_off_history(tenant_id uuid, run_id uuid, scenario text) IS 'Records of the tenant that differ from their newest event: a record is a cache of its events. Looks at the whole tenant; the run does not matter.';


--
-- Name: run; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.run (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    command text NOT NULL,
    seed bigint NOT NULL,
    plan_hash bytea NOT NULL,
    parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    tool_version text NOT NULL,
    started_by uuid DEFAULT (core.actor()).user_id,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    state text DEFAULT 'planned'::text NOT NULL,
    state_via text DEFAULT 'plan'::text NOT NULL,
    state_reason text,
    CONSTRAINT command_is_a_lower_case_word CHECK ((command ~ '^[a-z][a-z-]{1,62}$'::text)),
    CONSTRAINT parameters_are_an_object CHECK ((jsonb_typeof(parameters) = 'object'::text)),
    CONSTRAINT plan_hash_is_sha256 CHECK ((octet_length(plan_hash) = 32)),
    CONSTRAINT reason_says_something CHECK (((state_reason IS NULL) OR core.is_reason(state_reason))),
    CONSTRAINT tool_version_is_readable CHECK (core.is_name(tool_version))
);

ALTER TABLE ONLY simulation.run FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation.run OWNER TO smartattend_owner;

--
-- Name: TABLE run; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.run IS 'One run of the simulator against a sandbox tenant. Its state is the machine simulation_run; the verdict is derived from its checks, never told by the client.';


--
-- Name: COLUMN run.plan_hash; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.run.plan_hash IS 'SHA-256 of the plan of operations and faults: a pure function of scenario, parameters and seed.';


--
-- Name: conclude(simulation.run, jsonb); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.conclude(run simulation.run, told jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_scenario text := conclude.told ->> 'scenario';
  v_steady boolean;
  v_verdict text;
  v_checks jsonb;
begin
  select coalesce(bool_and((f.finding ->> 'held')::boolean), false) into v_steady
  from jsonb_array_elements(conclude.told -> 'findings') as f (finding);
  v_steady := v_steady and not exists (
    select from simulation.call as c
    where c.tenant_id = (conclude.run).tenant_id and c.run_id = (conclude.run).id and c.scenario = v_scenario
      and c.phase = 'steady' and c.outcome not in ('accepted', 'replayed')
  );
  select jsonb_agg(to_jsonb(j)) into v_checks
  from simulation.judge((conclude.run).tenant_id, (conclude.run).id, v_scenario) as j;

  v_verdict := case
    when not v_steady then 'inconclusive'
    when jsonb_path_exists(v_checks, '$[*] ? (@.verdict == "broken")') then 'broken'
    when jsonb_path_exists(v_checks, '$[*] ? (@.verdict == "inconclusive")') then 'inconclusive'
    when exists (
      select from jsonb_to_recordset(conclude.told -> 'faults') as f (planned integer, fired integer) where f.fired < f.planned
    ) then 'inconclusive'
    when exists (
      select from jsonb_to_recordset(conclude.told -> 'conditions') as c (met boolean, required boolean) where c.required and not c.met
    ) then 'inconclusive'
    else 'held'
  end;
  insert into simulation.scenario (tenant_id, run_id, scenario, verdict, steady_state, conditions, figures)
  select
    (conclude.run).tenant_id, (conclude.run).id, v_scenario, v_verdict, v_steady, conclude.told -> 'conditions',
    (conclude.told -> 'figures') || jsonb_build_object('duplicate_events', d.events, 'duplicate_records', d.records)
  from simulation.duplicates((conclude.run).tenant_id, (conclude.run).id, v_scenario) as d;
  insert into simulation.fault (tenant_id, run_id, scenario, fault, planned, fired, observed)
  select (conclude.run).tenant_id, (conclude.run).id, v_scenario, f.fault, f.planned, f.fired, f.observed
  from jsonb_to_recordset(conclude.told -> 'faults') as f (fault text, planned integer, fired integer, observed integer);
  insert into simulation.check (
    tenant_id, run_id, scenario, judgement, severity, verdict, items, violations, expected, observed, witness, query
  )
  select
    (conclude.run).tenant_id, (conclude.run).id, v_scenario, c.judgement, c.severity, c.verdict, c.items, c.violations, c.expected,
    c.observed, nullif(c.witness, 'null'), c.query
  from jsonb_to_recordset(v_checks) as c (
    judgement text, severity text, verdict text, items bigint, violations bigint, expected text, observed text, witness jsonb, query text
  );

  insert into simulation.issue (tenant_id, run_id, scenario, ordinal, kind, about, severity, title, meaning, action)
  select
    (conclude.run).tenant_id, (conclude.run).id, v_scenario,
    row_number() over (order by i.rank, array_position('{critical,major,minor}', i.severity), i.about),
    i.kind, i.about, i.severity, i.title, i.meaning, i.action
  from (
    select
      1 as rank, 'steady_state' as kind, left(f.name, 64) as about, 'major' as severity,
      'the steady state did not hold before the load: ' || f.name || ', ' || f.observed as title,
      'What was broken before the load cannot be blamed on it, so the load was not carried out.' as meaning,
      'Mend what the observation names, then run the simulation again.' as action
    from jsonb_to_recordset(conclude.told -> 'findings') as f (name text, held boolean, observed text)
    where not f.held
    union all
    select
      1, 'steady_state', 'steady_state', 'major', 'nothing shows that the steady state held before the load',
      'Without it, nobody can tell what the load has broken.',
      'Check the steady state first: every finding held, and every call of that phase answered.'
    where not v_steady
      and not jsonb_path_exists(conclude.told, '$.findings[*] ? (@.held == false)')
    union all
    select
      2, 'violation', j.judgement, j.severity,
      format(
        'expected %s; found %s violation%s in %s looked at', j.expected, k.violations, case when k.violations > 1 then 's' else '' end, k.items
      ),
      j.meaning, j.action
    from simulation.check as k
    inner join simulation.judgement as j on j.judgement = k.judgement
    where k.tenant_id = (conclude.run).tenant_id and k.run_id = (conclude.run).id and k.scenario = v_scenario and k.verdict = 'broken'
    union all
    select
      3, 'fault', f.fault, 'major', format('the fault %s fired %s times of %s', f.fault, f.fired, f.planned),
      'Less was broken than planned, so that the checks had less to find.',
      'Look at the clients'' errors and the server''s load; use fewer duplicates or a longer interval.'
    from simulation.fault as f
    where f.tenant_id = (conclude.run).tenant_id and f.run_id = (conclude.run).id and f.scenario = v_scenario
      and f.fired < f.planned and v_steady
    union all
    select
      4, 'condition', left(c.name, 64), 'minor', 'it did not happen: ' || c.name,
      'The situation that makes the checks meaningful did not come up.',
      'Use more duplicates, or another seed.'
    from jsonb_to_recordset(conclude.told -> 'conditions') as c (name text, met boolean, required boolean)
    where c.required and not c.met and v_steady
    union all
    select
      5, 'idle_check', k.judgement, 'minor', 'a check had nothing to look at: ' || j.title,
      'A check that looks at nothing proves nothing.',
      'See why no such call was made.'
    from simulation.check as k
    inner join simulation.judgement as j on j.judgement = k.judgement
    where k.tenant_id = (conclude.run).tenant_id and k.run_id = (conclude.run).id and k.scenario = v_scenario
      and k.verdict = 'inconclusive' and v_steady
  ) as i;
  return v_verdict;
end $_$;


ALTER FUNCTION simulation.conclude(run simulation.run, told jsonb) OWNER TO smartattend_owner;

--
-- Name: FUNCTION conclude(run simulation.run, told jsonb); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.conclude(run simulation.run, told jsonb) IS 'Judges one scenario of a run and appends its verdict, faults, checks and issues. Without steady state the verdict is inconclusive whatever was found; otherwise a violation breaks it, and anything idle, missing or not fired leaves it inconclusive.';


--
-- Name: different_answer(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.different_answer(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', 'every caller got the same record id',
    cardinality(l.record_ids) || ' record ids',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'callers', l.callers, 'record_ids', l.record_ids
    )
  from simulation.logical_check_in(different_answer.tenant_id, different_answer.run_id, different_answer.scenario) as l
  where cardinality(l.record_ids) > 1
  union all
  select
    'key ' || c.key, 'a replay equals the first answer', count(distinct c.answer_hash) || ' different answers',
    jsonb_build_object(
      'key', c.key,
      'calls', (array_agg(c.number order by c.number))[1:4]
    )
  from simulation.call as c
  where c.tenant_id = different_answer.tenant_id
    and c.run_id = different_answer.run_id
    and (different_answer.scenario is null or c.scenario = different_answer.scenario)
    and c.outcome in ('accepted', 'replayed')
  group by c.key
  having count(distinct c.answer_hash) > 1
$$;


ALTER FUNCTION simulation.different_answer(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION different_answer(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.different_answer(tenant_id uuid, run_id uuid, scenario text) IS 'Logical check-ins whose callers were given different record ids, and keys whose replay is not bit for bit the first answer (its status aside).';


--
-- Name: duplicates(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.duplicates(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS TABLE(events bigint, records bigint)
    LANGUAGE sql STABLE ROWS 1
    AS $$
  select coalesce(sum(greatest(l.events - 1, 0)), 0)::bigint, coalesce(sum(greatest(l.records - 1, 0)), 0)::bigint
  from simulation.logical_check_in(duplicates.tenant_id, duplicates.run_id, duplicates.scenario) as l
$$;


ALTER FUNCTION simulation.duplicates(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION duplicates(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.duplicates(tenant_id uuid, run_id uuid, scenario text) IS 'How many events and records a run left beyond one for each logical check-in: the damage, to compare with what was predicted.';


--
-- Name: guard_run(); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.guard_run() RETURNS trigger
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'UPDATE'
    and (to_jsonb(new) - array['state', 'state_via', 'state_reason'])
      is distinct from (to_jsonb(old) - array['state', 'state_via', 'state_reason'])
  then
    perform core.fail('SA020', 'another plan for simulation.run ' || old.id, 'a new run');
  end if;
  if new.state in ('planned', 'running') and not exists (
    select from tenancy.tenant as t where t.tenant_id = new.tenant_id and t.is_sandbox
  ) then
    perform core.fail('SA116', 'tenant ' || new.tenant_id, 'a tenant marked as a sandbox');
  end if;
  return null;
end $$;


ALTER FUNCTION simulation.guard_run() OWNER TO smartattend_owner;

--
-- Name: FUNCTION guard_run(); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.guard_run() IS 'A run keeps its plan (only its state moves), and begins in a sandbox tenant only. After the row, so that no other trigger can change it afterwards. Raises SA020, SA116.';


--
-- Name: illegal_history(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.illegal_history(tenant_id uuid, run_id uuid DEFAULT NULL::uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'record ' || h.record_id, 'revisions 1, 2, 3 …, each by a legal transition',
    'revision ' || h.revision || ' after ' || coalesce(h.revision_before::text, 'nothing') || ': '
      || coalesce(h.state_before, 'nothing') || ' to ' || h.state || ' by ' || h.kind,
    jsonb_build_object('record_id', h.record_id, 'key', h.key, 'revision', h.revision)
  from (
    select
      e.record_id, e.key, e.revision, e.state, e.kind,
      lag(e.revision) over w as revision_before,
      lag(e.state) over w as state_before
    from attendance.event as e
    where e.tenant_id = illegal_history.tenant_id and e.record_id is not null
    window w as (partition by e.record_id order by e.revision, e.key)
  ) as h
  where h.revision <> coalesce(h.revision_before, 0) + 1
    or (
      h.state is distinct from h.state_before
      and not exists (
        select from core.transition as t
        where t.machine = 'attendance_record' and t.origin = coalesce(h.state_before, '') and t.to_state = h.state
      )
    )
$$;


ALTER FUNCTION simulation.illegal_history(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION illegal_history(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.illegal_history(tenant_id uuid, run_id uuid, scenario text) IS 'Events of the tenant that could not follow the one before: a gap or a repeat in the revisions, or a pair of states that is no row of core.transition. Looks at the whole tenant.';


--
-- Name: judge(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.judge(tenant_id uuid, run_id uuid, scenario text) RETURNS TABLE(judgement text, severity text, verdict text, items bigint, violations bigint, expected text, observed text, witness jsonb, query text)
    LANGUAGE plpgsql STABLE ROWS 20
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  v_judgement simulation.judgement;
  v_violations bigint;
  v_first jsonb;
  v_items bigint;
begin
  for v_judgement in
    select j.*
    from simulation.judgement as j
    where j.scenarios is null or judge.scenario = any (j.scenarios)
    order by array_position('{critical,major,minor}', j.severity), j.judgement
  loop
    -- The name comes from our own table, and only functions of this schema can be meant.
    execute format(
      'select count(*), (array_agg(to_jsonb(v) order by (v.witness ->> ''callers'')::bigint nulls last, length(v.witness::text), v.item))[1] from simulation.%I($1, $2, $3) as v',
      v_judgement.function_name
    )
    into v_violations, v_first
    using judge.tenant_id, judge.run_id, judge.scenario;
    v_items := simulation.looked_at(judge.tenant_id, judge.run_id, judge.scenario, v_judgement.counts);
    return query select
      v_judgement.judgement,
      v_judgement.severity,
      case
        when v_violations > 0 then 'broken'
        when v_items = 0 and not v_judgement.may_be_idle then 'inconclusive'
        else 'held'
      end,
      v_items,
      v_violations,
      v_judgement.expected,
      case
        when v_violations > 0 then format('%s: %s', v_first ->> 'item', v_first ->> 'observed')
        when v_items = 0 then 'nothing to look at'
        else 'no violation'
      end,
      case
        when v_violations > 0
        then (v_first - 'witness') || (v_first -> 'witness')
      end,
      format(
        'select * from simulation.%I(%L, %L, %L);', v_judgement.function_name, judge.tenant_id, judge.run_id, judge.scenario
      );
  end loop;
end $_$;


ALTER FUNCTION simulation.judge(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION judge(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.judge(tenant_id uuid, run_id uuid, scenario text) IS 'Runs every judgement that belongs to the scenario and sums it up: how many items it looked at, how many violate it, the smallest witness, and the query that shows all of them. Writes nothing, so it can be repeated at any time.';


--
-- Name: lock_left(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.lock_left(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    a.application_name, 'no lock after the load', count(*) || ' locks',
    jsonb_build_object('pid', a.pid, 'mode', min(l.mode), 'kind', min(l.locktype), 'granted', bool_and(l.granted))
  from pg_catalog.pg_stat_activity as a
  inner join pg_catalog.pg_locks as l on l.pid = a.pid
  where a.application_name like 'smartattend-sim/' || right(lock_left.run_id::text, 8) || '/%'
    and a.pid <> pg_catalog.pg_backend_pid()
  group by a.application_name, a.pid
$$;


ALTER FUNCTION simulation.lock_left(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION lock_left(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.lock_left(tenant_id uuid, run_id uuid, scenario text) IS 'Connections of the run''s devices (they carry the end of the run''s id in application_name) that still hold or await a lock after the load.';


--
-- Name: logical_check_in(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.logical_check_in(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS TABLE(scenario text, logical integer, kind text, subject_id uuid, keys uuid[], callers bigint, accepted bigint, acknowledged bigint, doubts bigint, record_ids uuid[], events bigint, records bigint)
    LANGUAGE sql STABLE ROWS 100
    AS $$
  select g.scenario, g.logical, g.kind, g.subject_id, g.keys, g.callers, g.accepted, g.acknowledged, g.doubts, g.record_ids, e.events, r.records
  from (
    select
      c.scenario, c.logical, min(c.kind) as kind, (array_agg(c.subject_id))[1] as subject_id,
      array_agg(distinct c.key) as keys,
      count(*) as callers,
      count(*) filter (where c.outcome = 'accepted') as accepted,
      count(*) filter (where c.outcome in ('accepted', 'replayed')) as acknowledged,
      coalesce(sum(c.doubts), 0) as doubts,
      coalesce(array_agg(distinct c.record_id) filter (where c.outcome in ('accepted', 'replayed')), '{}') as record_ids
    from simulation.call as c
    where c.tenant_id = logical_check_in.tenant_id
      and c.run_id = logical_check_in.run_id
      and (logical_check_in.scenario is null or c.scenario = logical_check_in.scenario)
      and c.phase = 'load'
      and c.logical is not null
    group by c.scenario, c.logical
  ) as g
  cross join lateral (
    select count(*) as events, array_agg(distinct v.record_id) as record_ids
    from attendance.event as v
    where v.tenant_id = logical_check_in.tenant_id
      and v.key = any (g.keys)
      and v.kind = 'in'
      and v.record_id is not null
  ) as e
  cross join lateral (
    select count(*) as records
    from attendance.record as a
    where a.tenant_id = logical_check_in.tenant_id
      and a.id = any (g.record_ids || e.record_ids)
      and a.state <> 'voided'
  ) as r
$$;


ALTER FUNCTION simulation.logical_check_in(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION logical_check_in(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.logical_check_in(tenant_id uuid, run_id uuid, scenario text) IS 'What became of each logical check-in of a run: who asked, what they were told, and how many events and records it left. Scenario null: all.';


--
-- Name: looked_at(uuid, uuid, text, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.looked_at(tenant_id uuid, run_id uuid, scenario text, counts text) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
  select case looked_at.counts
    when 'records' then (
      select count(*) from attendance.record as r where r.tenant_id = looked_at.tenant_id
    )
    when 'subjects' then (
      select count(distinct r.subject_id) from attendance.record as r where r.tenant_id = looked_at.tenant_id
    )
    else (
      select case looked_at.counts
        when 'logical' then count(distinct (c.scenario, c.logical)) filter (where c.phase = 'load' and c.logical is not null)
        when 'calls' then count(*)
        when 'acknowledged' then count(*) filter (where c.outcome in ('accepted', 'replayed'))
        when 'refusals' then count(*) filter (where c.outcome = 'refused')
        when 'recovery' then count(*) filter (where c.phase = 'recovery')
        when 'conflicting' then count(*) filter (where c.is_contested)
      end
      from (
        select
          k.phase, k.scenario, k.logical, k.outcome,
          min(encode(k.payload_hash, 'hex')) over by_key <> max(encode(k.payload_hash, 'hex')) over by_key as is_contested
        from simulation.call as k
        where k.tenant_id = looked_at.tenant_id
          and k.run_id = looked_at.run_id
          and (looked_at.scenario is null or k.scenario = looked_at.scenario)
        window by_key as (partition by k.key)
      ) as c
    )
  end
$$;


ALTER FUNCTION simulation.looked_at(tenant_id uuid, run_id uuid, scenario text, counts text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION looked_at(tenant_id uuid, run_id uuid, scenario text, counts text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.looked_at(tenant_id uuid, run_id uuid, scenario text, counts text) IS 'How many items a judgement had in its scope (simulation.judgement.counts): a check that looked at nothing proves nothing.';


--
-- Name: lost_acknowledgement(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'call ' || c.number, c.outcome || ' is stored: its record, and the event of that revision',
    case
      when not s.has_record then 'no such record of this person'
      when not s.has_revision then 'no event made this revision'
      else 'no event carries this key'
    end,
    jsonb_build_object('call', c.number, 'key', c.key, 'record_id', c.record_id, 'revision', c.revision, 'subject_id', c.subject_id)
  from simulation.call as c
  cross join lateral (
    select
      exists (
        select from attendance.record as r
        where r.tenant_id = c.tenant_id and r.id = c.record_id and r.subject_id = c.subject_id
      ) as has_record,
      exists (
        select from attendance.event as e
        where e.tenant_id = c.tenant_id and e.record_id = c.record_id and e.revision = c.revision and e.subject_id = c.subject_id
      ) as has_revision,
      c.outcome <> 'accepted' or exists (
        select from attendance.event as e
        where e.tenant_id = c.tenant_id and e.key = c.key and e.record_id = c.record_id
      ) as has_key
  ) as s
  where c.tenant_id = lost_acknowledgement.tenant_id
    and c.run_id = lost_acknowledgement.run_id
    and (lost_acknowledgement.scenario is null or c.scenario = lost_acknowledgement.scenario)
    and c.outcome in ('accepted', 'replayed')
    and not (s.has_record and s.has_revision and s.has_key)
$$;


ALTER FUNCTION simulation.lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text) IS 'Calls that were told accepted or replayed and are not stored: acknowledged must be a subset of stored.';


--
-- Name: not_one_acceptance(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.not_one_acceptance(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', '1 caller told accepted, the others replayed', l.accepted || ' accepted',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'key', l.keys[1], 'callers', l.callers, 'accepted', l.accepted
    )
  from simulation.logical_check_in(not_one_acceptance.tenant_id, not_one_acceptance.run_id, not_one_acceptance.scenario) as l
  where l.accepted > 1 or (l.accepted = 0 and l.doubts = 0)
$$;


ALTER FUNCTION simulation.not_one_acceptance(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION not_one_acceptance(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.not_one_acceptance(tenant_id uuid, run_id uuid, scenario text) IS 'Logical check-ins of which not exactly one caller was told accepted. None is right only where an answer was lost on its way (doubts).';


--
-- Name: not_one_event(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.not_one_event(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', '1 event', l.events || ' events',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'key', l.keys[1], 'callers', l.callers, 'events', l.events
    )
  from simulation.logical_check_in(not_one_event.tenant_id, not_one_event.run_id, not_one_event.scenario) as l
  where l.events <> 1
$$;


ALTER FUNCTION simulation.not_one_event(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION not_one_event(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.not_one_event(tenant_id uuid, run_id uuid, scenario text) IS 'Logical check-ins that did not leave exactly one event, however many callers submitted them under however many keys.';


--
-- Name: not_one_record(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.not_one_record(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'logical check-in ' || l.logical || ' (' || l.kind || ')', '1 record', l.records || ' records',
    jsonb_build_object(
      'logical', l.logical, 'kind', l.kind, 'subject_id', l.subject_id,
      'callers', l.callers, 'record_ids', l.record_ids, 'records', l.records
    )
  from simulation.logical_check_in(not_one_record.tenant_id, not_one_record.run_id, not_one_record.scenario) as l
  where l.records <> 1
$$;


ALTER FUNCTION simulation.not_one_record(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION not_one_record(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.not_one_record(tenant_id uuid, run_id uuid, scenario text) IS 'Logical check-ins that did not leave exactly one record that is not voided.';


--
-- Name: open_twice(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.open_twice(tenant_id uuid, run_id uuid DEFAULT NULL::uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'person ' || r.subject_id, 'at most 1 open record', count(*) || ' open records',
    jsonb_build_object('subject_id', r.subject_id, 'record_ids', (array_agg(r.id order by r.in_at))[1:4])
  from attendance.record as r
  where r.tenant_id = open_twice.tenant_id and r.is_open
  group by r.subject_id
  having count(*) > 1
$$;


ALTER FUNCTION simulation.open_twice(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION open_twice(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.open_twice(tenant_id uuid, run_id uuid, scenario text) IS 'People of the tenant with more than one open record. Looks at the whole tenant.';


--
-- Name: overwritten_key(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.overwritten_key(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  with submission as (
    select
      c.*,
      -- min and max over the acknowledged ones: two different payloads that both stood are a violation of their own
      min(encode(c.payload_hash, 'hex')) filter (where c.outcome in ('accepted', 'replayed')) over (partition by c.key) as first_standing,
      max(encode(c.payload_hash, 'hex')) filter (where c.outcome in ('accepted', 'replayed')) over (partition by c.key) as last_standing,
      min(encode(c.payload_hash, 'hex')) over (partition by c.key) <> max(encode(c.payload_hash, 'hex')) over (partition by c.key) as is_contested
    from simulation.call as c
    where c.tenant_id = overwritten_key.tenant_id
      and c.run_id = overwritten_key.run_id
      and (overwritten_key.scenario is null or c.scenario = overwritten_key.scenario)
      and c.outcome in ('accepted', 'replayed', 'refused')
  )
  select
    'key ' || s.key, 'one payload stands, every other is refused with SA102',
    case
      when s.first_standing <> s.last_standing then 'two payloads were acknowledged'
      when encode(s.payload_hash, 'hex') = s.first_standing then 'the payload that stands was refused with ' || s.code
      else 'another payload ended as ' || s.outcome || coalesce(' ' || s.code, '')
    end,
    jsonb_build_object('key', s.key, 'call', s.number, 'variant', s.variant, 'outcome', s.outcome, 'code', s.code)
  from submission as s
  where s.is_contested
    and s.first_standing is not null
    and (
      (s.outcome <> 'refused' and (s.first_standing <> s.last_standing))
      or (s.outcome = 'refused' and (s.code <> 'SA102' or encode(s.payload_hash, 'hex') = s.first_standing))
    )
$$;


ALTER FUNCTION simulation.overwritten_key(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION overwritten_key(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.overwritten_key(tenant_id uuid, run_id uuid, scenario text) IS 'Keys that were sent with several payloads and did not behave: exactly one payload stands, and all others are refused with SA102.';


--
-- Name: phantom_check_in(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.phantom_check_in(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'event ' || e.key, 'a check-in that a client sent', 'nobody sent this key',
    jsonb_build_object('key', e.key, 'record_id', e.record_id, 'subject_id', e.subject_id, 'recorded_at', e.recorded_at)
  from simulation.run as u
  inner join (
    select distinct c.subject_id
    from simulation.call as c
    where c.tenant_id = phantom_check_in.tenant_id
      and c.run_id = phantom_check_in.run_id
      and (phantom_check_in.scenario is null or c.scenario = phantom_check_in.scenario)
  ) as p on true
  inner join attendance.record as r on r.tenant_id = u.tenant_id and r.subject_id = p.subject_id
  inner join attendance.event as e on e.tenant_id = r.tenant_id and e.record_id = r.id
  where u.tenant_id = phantom_check_in.tenant_id
    and u.id = phantom_check_in.run_id
    and e.kind = 'in'
    and e.recorded_at >= u.created_at
    and not exists (
      select from simulation.call as c
      where c.tenant_id = u.tenant_id and c.run_id = u.id and c.key = e.key
    )
$$;


ALTER FUNCTION simulation.phantom_check_in(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION phantom_check_in(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.phantom_check_in(tenant_id uuid, run_id uuid, scenario text) IS 'Check-ins of the run''s people, stored since the run began, under a key that no client sent.';


--
-- Name: recorded_twice(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.recorded_twice(tenant_id uuid, run_id uuid DEFAULT NULL::uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'person ' || r.subject_id || ' in session ' || r.session_id, '1 record that is not voided', count(*) || ' records',
    jsonb_build_object('subject_id', r.subject_id, 'session_id', r.session_id, 'record_ids', (array_agg(r.id order by r.in_at))[1:4])
  from attendance.record as r
  where r.tenant_id = recorded_twice.tenant_id and r.session_id is not null and r.state <> 'voided'
  group by r.subject_id, r.session_id
  having count(*) > 1
$$;


ALTER FUNCTION simulation.recorded_twice(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION recorded_twice(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.recorded_twice(tenant_id uuid, run_id uuid, scenario text) IS 'People of the tenant with more than one record in a session that is not voided. Looks at the whole tenant.';


--
-- Name: undocumented_error(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.undocumented_error(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'call ' || c.number, 'a code of core.error_code', c.code,
    jsonb_build_object('call', c.number, 'key', c.key, 'code', c.code, 'kind', c.kind, 'tries', c.tries)
  from simulation.call as c
  where c.tenant_id = undocumented_error.tenant_id
    and c.run_id = undocumented_error.run_id
    and (undocumented_error.scenario is null or c.scenario = undocumented_error.scenario)
    and c.outcome in ('refused', 'error')
    and not exists (select from core.error_code as e where e.code = c.code)
$$;


ALTER FUNCTION simulation.undocumented_error(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION undocumented_error(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.undocumented_error(tenant_id uuid, run_id uuid, scenario text) IS 'Calls that ended with a code that is not in the registry: PostgreSQL''s own codes are retried (40001, 40P01, 55P03) or translated, never given to a caller.';


--
-- Name: unkept_refusal(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.unkept_refusal(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'call ' || c.number, 'the refusal is kept in ledger.refusal', 'it is not',
    jsonb_build_object('call', c.number, 'key', c.key, 'code', c.code, 'subject_id', c.subject_id)
  from simulation.call as c
  where c.tenant_id = unkept_refusal.tenant_id
    and c.run_id = unkept_refusal.run_id
    and (unkept_refusal.scenario is null or c.scenario = unkept_refusal.scenario)
    and c.outcome = 'refused'
    and not exists (
      select from ledger.refusal as f
      where f.tenant_id = c.tenant_id and f.key = c.key and f.code = c.code
    )
$$;


ALTER FUNCTION simulation.unkept_refusal(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION unkept_refusal(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.unkept_refusal(tenant_id uuid, run_id uuid, scenario text) IS 'Refusals that a client was told and that left no evidence.';


--
-- Name: unrecovered_call(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.unrecovered_call(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'call ' || c.number, 'after the load everything works as before', c.outcome || coalesce(' ' || c.code, ''),
    jsonb_build_object('call', c.number, 'key', c.key, 'kind', c.kind, 'code', c.code)
  from simulation.call as c
  where c.tenant_id = unrecovered_call.tenant_id
    and c.run_id = unrecovered_call.run_id
    and (unrecovered_call.scenario is null or c.scenario = unrecovered_call.scenario)
    and c.phase = 'recovery'
    and c.outcome not in ('accepted', 'replayed')
$$;


ALTER FUNCTION simulation.unrecovered_call(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION unrecovered_call(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.unrecovered_call(tenant_id uuid, run_id uuid, scenario text) IS 'Calls made after the load that did not succeed.';


--
-- Name: unresolved_call(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.unresolved_call(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'call ' || c.number, 'an answer, at the latest when it was asked again with the same key', 'unknown after ' || c.tries || ' tries',
    jsonb_build_object('call', c.number, 'key', c.key, 'subject_id', c.subject_id, 'code', c.code)
  from simulation.call as c
  where c.tenant_id = unresolved_call.tenant_id
    and c.run_id = unresolved_call.run_id
    and (unresolved_call.scenario is null or c.scenario = unresolved_call.scenario)
    and c.outcome = 'unknown'
$$;


ALTER FUNCTION simulation.unresolved_call(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION unresolved_call(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.unresolved_call(tenant_id uuid, run_id uuid, scenario text) IS 'Calls whose outcome stayed unknown: the connection died, and asking again by the key did not settle it.';


--
-- Name: unserved_submission(uuid, uuid, text); Type: FUNCTION; Schema: simulation; Owner: smartattend_owner
--

CREATE FUNCTION simulation.unserved_submission(tenant_id uuid, run_id uuid, scenario text DEFAULT NULL::text) RETURNS SETOF simulation.violation
    LANGUAGE sql STABLE ROWS 10
    AS $$
  select
    'call ' || c.number, 'accepted, replayed, or refused because the key carries another payload', c.outcome || coalesce(' ' || c.code, ''),
    jsonb_build_object('call', c.number, 'key', c.key, 'kind', c.kind, 'code', c.code, 'tries', c.tries)
  from simulation.call as c
  where c.tenant_id = unserved_submission.tenant_id
    and c.run_id = unserved_submission.run_id
    and (unserved_submission.scenario is null or c.scenario = unserved_submission.scenario)
    and c.phase = 'load'
    and c.logical is not null
    and c.outcome not in ('accepted', 'replayed')
    and not (c.outcome = 'refused' and c.code = 'SA102')
$$;


ALTER FUNCTION simulation.unserved_submission(tenant_id uuid, run_id uuid, scenario text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION unserved_submission(tenant_id uuid, run_id uuid, scenario text); Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON FUNCTION simulation.unserved_submission(tenant_id uuid, run_id uuid, scenario text) IS 'Submissions that did not get their check-in although nothing speaks against it.';


--
-- Name: derive_ancestors(); Type: FUNCTION; Schema: tenancy; Owner: smartattend_owner
--

CREATE FUNCTION tenancy.derive_ancestors() RETURNS trigger
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'UPDATE' and (new.parent_id is distinct from old.parent_id or new.site_id <> old.site_id or new.id <> old.id) then
    perform core.fail('SA020', 'another parent or site for a unit', 'a new unit: scopes of granted roles do not move');
  end if;
  new.ancestors := array[new.id] || coalesce(
    (
      select u.ancestors
      from tenancy.unit as u
      where u.tenant_id = new.tenant_id and u.id = new.parent_id and u.site_id = new.site_id
    ),
    '{}'
  );
  if new.parent_id is not null and cardinality(new.ancestors) < 2 then
    perform core.fail('SA011', new.parent_id::text, 'a parent unit of the same site');
  end if;
  return new;
end $$;


ALTER FUNCTION tenancy.derive_ancestors() OWNER TO smartattend_owner;

--
-- Name: FUNCTION derive_ancestors(); Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON FUNCTION tenancy.derive_ancestors() IS 'Fills unit.ancestors from the parent, which has to be in the same site; a unit does not move.';


--
-- Name: make_root_unit(); Type: FUNCTION; Schema: tenancy; Owner: smartattend_owner
--

CREATE FUNCTION tenancy.make_root_unit() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into tenancy.unit (tenant_id, site_id, kind, code, name)
  values (new.tenant_id, new.id, 'site', new.code, new.name);
  return null;
end $$;


ALTER FUNCTION tenancy.make_root_unit() OWNER TO smartattend_owner;

--
-- Name: FUNCTION make_root_unit(); Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON FUNCTION tenancy.make_root_unit() IS 'Every site has its root unit from the first moment.';


--
-- Name: make_setting(); Type: FUNCTION; Schema: tenancy; Owner: smartattend_owner
--

CREATE FUNCTION tenancy.make_setting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into tenancy.setting (tenant_id) values (new.tenant_id);
  return null;
end $$;


ALTER FUNCTION tenancy.make_setting() OWNER TO smartattend_owner;

--
-- Name: FUNCTION make_setting(); Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON FUNCTION tenancy.make_setting() IS 'Every tenant has its settings from the first moment.';


--
-- Name: login_device(text, text, interval, text); Type: FUNCTION; Schema: timing; Owner: smartattend_owner
--

CREATE FUNCTION timing.login_device(tenant_slug text, device_code text, lifetime interval DEFAULT '30 days'::interval, reason text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant_id uuid := identity.bind_operator(login_device.tenant_slug);
  v_device_id uuid;
  v_unit_id uuid;
begin
  select d.id, u.id into v_device_id, v_unit_id
  from timing.device as d
  inner join tenancy.unit as u on u.tenant_id = d.tenant_id and u.site_id = d.site_id and u.kind = 'site'
  where d.tenant_id = v_tenant_id and d.code = login_device.device_code and d.retired_at is null;
  if not found then
    perform core.fail('SA011', coalesce(login_device.device_code, 'null'), 'the code of a device in service');
  end if;
  return identity.open_device_session(v_tenant_id, v_device_id, v_unit_id, login_device.lifetime, login_device.reason);
end $$;


ALTER FUNCTION timing.login_device(tenant_slug text, device_code text, lifetime interval, reason text) OWNER TO smartattend_owner;

--
-- Name: FUNCTION login_device(tenant_slug text, device_code text, lifetime interval, reason text); Type: COMMENT; Schema: timing; Owner: smartattend_owner
--

COMMENT ON FUNCTION timing.login_device(tenant_slug text, device_code text, lifetime interval, reason text) IS 'Opens a login session for a kiosk or gate, which may check in and out whoever comes to it, and answers its token, once. For members of smartattend_operator. Errors SA010, SA011.';


--
-- Name: code; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.code (
    tenant_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    category text NOT NULL,
    presence_value numeric(3,2) NOT NULL,
    in_denominator boolean DEFAULT true NOT NULL,
    counts_tardy boolean DEFAULT false NOT NULL,
    paid boolean DEFAULT true NOT NULL,
    requires_reason boolean DEFAULT false NOT NULL,
    permission text,
    edfi_category text,
    is_default boolean DEFAULT false NOT NULL,
    valid_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    valid_until timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT code_is_short CHECK ((code ~ '^[A-Z0-9][A-Z0-9_]{0,15}$'::text)),
    CONSTRAINT it_ends_after_it_begins CHECK ((valid_until > valid_from)),
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT presence_value_is_a_part CHECK (((presence_value >= (0)::numeric) AND (presence_value <= (1)::numeric)))
);

ALTER TABLE ONLY attendance.code FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.code OWNER TO smartattend_owner;

--
-- Name: TABLE code; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.code IS 'Verdicts, per tenant. A code is closed by its end date, never deleted; changing one does not change what it meant before.';


--
-- Name: COLUMN code.permission; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.code.permission IS 'Who may use it: null, whoever may mark at all.';


--
-- Name: COLUMN code.edfi_category; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.code.edfi_category IS 'Ed-Fi AttendanceEventCategoryDescriptor.';


--
-- Name: COLUMN code.is_default; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON COLUMN attendance.code.is_default IS 'The code that the system itself gives for the category.';


--
-- Name: attendance; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.attendance WITH (security_invoker='true') AS
 SELECT r.id,
    r.subject_id,
    r.session_id,
    r.unit_id,
    r.business_date,
    r.state,
    r.state_via,
    r.state_reason,
    r.code,
    c.category,
    r.revision,
    r.is_open,
    r.in_at,
    r.out_at,
    r.replaces_id
   FROM (attendance.record r
     LEFT JOIN attendance.code c ON (((c.tenant_id = r.tenant_id) AND (c.code = r.code))));


ALTER VIEW api.attendance OWNER TO smartattend_owner;

--
-- Name: VIEW attendance; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.attendance IS 'The records of oneself, or of the scope of attendance.read, in their current state.';


--
-- Name: code; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.code WITH (security_invoker='true') AS
 SELECT code,
    name,
    category,
    presence_value,
    in_denominator,
    counts_tardy,
    paid,
    requires_reason,
    permission,
    edfi_category,
    is_default,
    valid_from,
    valid_until
   FROM attendance.code;


ALTER VIEW api.code OWNER TO smartattend_owner;

--
-- Name: VIEW code; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.code IS 'The attendance codes of the session''s tenant.';


--
-- Name: device; Type: TABLE; Schema: timing; Owner: smartattend_owner
--

CREATE TABLE timing.device (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    site_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    registered_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    retired_at timestamp with time zone,
    CONSTRAINT code_is_a_code CHECK (core.is_code(code)),
    CONSTRAINT it_retires_after_it_is_registered CHECK ((retired_at >= registered_at)),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['kiosk'::text, 'gate'::text, 'personal'::text, 'server'::text]))),
    CONSTRAINT name_is_readable CHECK (core.is_name(name))
);

ALTER TABLE ONLY timing.device FORCE ROW LEVEL SECURITY;


ALTER TABLE timing.device OWNER TO smartattend_owner;

--
-- Name: TABLE device; Type: COMMENT; Schema: timing; Owner: smartattend_owner
--

COMMENT ON TABLE timing.device IS 'What claims come from. A device has a clock of its own, which is not believed.';


--
-- Name: device; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.device WITH (security_invoker='true') AS
 SELECT id,
    site_id,
    code,
    name,
    kind,
    registered_at,
    retired_at
   FROM timing.device;


ALTER VIEW api.device OWNER TO smartattend_owner;

--
-- Name: VIEW device; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.device IS 'The devices of the tenant, with member.read.';


--
-- Name: error_code; Type: TABLE; Schema: core; Owner: smartattend_owner
--

CREATE TABLE core.error_code (
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    retry boolean DEFAULT false NOT NULL,
    meaning text NOT NULL,
    action text NOT NULL,
    CONSTRAINT code_is_of_class_sa CHECK (((code ~ '^SA[0-9]{3}$'::text) AND (code <> 'SA000'::text))),
    CONSTRAINT kind_is_refusal_or_error CHECK ((kind = ANY (ARRAY['refusal'::text, 'error'::text]))),
    CONSTRAINT name_is_snake_case CHECK ((name ~ '^[a-z][a-z0-9_]+$'::text))
);


ALTER TABLE core.error_code OWNER TO smartattend_owner;

--
-- Name: TABLE error_code; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TABLE core.error_code IS 'Every code that SmartAttend raises or returns. An error is raised with the code as its SQLSTATE; a refusal is returned in core.outcome and kept in ledger.refusal. The README''s table is generated from here.';


--
-- Name: COLUMN error_code.retry; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.error_code.retry IS 'Whether the same call with the same key may succeed later without a change by the caller.';


--
-- Name: error_code; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.error_code WITH (security_invoker='true') AS
 SELECT code,
    name,
    kind,
    retry,
    meaning,
    action
   FROM core.error_code;


ALTER VIEW api.error_code OWNER TO smartattend_owner;

--
-- Name: VIEW error_code; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.error_code IS 'Every code that SmartAttend raises or returns.';


--
-- Name: expectation; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.expectation (
    tenant_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    session_id uuid NOT NULL,
    source text NOT NULL,
    unit_id uuid NOT NULL,
    business_date date NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    late_after timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT source_is_known CHECK ((source = ANY (ARRAY['timetable'::text, 'shift'::text, 'leave'::text, 'future_absence'::text, 'manual'::text]))),
    CONSTRAINT the_window_lasts_at_most_48_hours CHECK (((closes_at - opens_at) <= '48:00:00'::interval))
);

ALTER TABLE ONLY attendance.expectation FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.expectation OWNER TO smartattend_owner;

--
-- Name: TABLE expectation; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.expectation IS 'Who should be where. The session''s times are copied, so that a check-in finds its session by one index and no join: windows last at most 48 hours, which bounds the search.';


--
-- Name: expectation; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.expectation WITH (security_invoker='true') AS
 SELECT subject_id,
    session_id,
    source,
    unit_id,
    business_date,
    starts_at,
    ends_at,
    late_after,
    withdrawn_at
   FROM attendance.expectation;


ALTER VIEW api.expectation OWNER TO smartattend_owner;

--
-- Name: VIEW expectation; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.expectation IS 'Who should be where: oneself, or the scope of attendance.read.';


--
-- Name: state; Type: TABLE; Schema: core; Owner: smartattend_owner
--

CREATE TABLE core.state (
    machine text NOT NULL,
    state text NOT NULL,
    is_initial boolean DEFAULT false NOT NULL,
    is_terminal boolean DEFAULT false NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT state_is_a_lower_case_word CHECK ((state ~ '^[a-z][a-z_]+$'::text))
);


ALTER TABLE core.state OWNER TO smartattend_owner;

--
-- Name: TABLE state; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TABLE core.state IS 'The states of each machine. A row is inserted in an initial state only; nothing leaves a terminal one.';


--
-- Name: machine_state; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.machine_state WITH (security_invoker='true') AS
 SELECT machine,
    state,
    is_initial,
    is_terminal,
    meaning
   FROM core.state;


ALTER VIEW api.machine_state OWNER TO smartattend_owner;

--
-- Name: VIEW machine_state; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.machine_state IS 'The states of every state machine.';


--
-- Name: transition; Type: TABLE; Schema: core; Owner: smartattend_owner
--

CREATE TABLE core.transition (
    machine text NOT NULL,
    from_state text,
    to_state text NOT NULL,
    via text NOT NULL,
    permission text,
    requires_reason boolean DEFAULT false NOT NULL,
    distinct_actors text[] DEFAULT '{}'::text[] NOT NULL,
    system_only boolean DEFAULT false NOT NULL,
    guard text,
    origin text GENERATED ALWAYS AS (COALESCE(from_state, ''::text)) STORED NOT NULL,
    CONSTRAINT it_changes_the_state CHECK ((from_state <> to_state)),
    CONSTRAINT via_is_a_lower_case_word CHECK ((via ~ '^[a-z][a-z_]+$'::text))
);


ALTER TABLE core.transition OWNER TO smartattend_owner;

--
-- Name: TABLE transition; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TABLE core.transition IS 'The legal transitions, as data: what is not a row here cannot happen.';


--
-- Name: COLUMN transition.from_state; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.transition.from_state IS 'Null for the creation of a row.';


--
-- Name: COLUMN transition.permission; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.transition.permission IS 'What the procedure requires of the session, by identity.require.';


--
-- Name: COLUMN transition.distinct_actors; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.transition.distinct_actors IS 'Columns of the row whose person must not be the actor.';


--
-- Name: COLUMN transition.guard; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.transition.guard IS 'In words: what the procedure checks besides.';


--
-- Name: COLUMN transition.origin; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.transition.origin IS 'from_state, with the empty text for creation, so that it can be part of the key.';


--
-- Name: machine_transition; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.machine_transition WITH (security_invoker='true') AS
 SELECT machine,
    from_state,
    to_state,
    via,
    permission,
    requires_reason,
    distinct_actors,
    system_only,
    guard
   FROM core.transition;


ALTER VIEW api.machine_transition OWNER TO smartattend_owner;

--
-- Name: VIEW machine_transition; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.machine_transition IS 'The legal transitions of every state machine; from_state null is creation.';


--
-- Name: membership; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity.membership (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    member_number text NOT NULL,
    kind text NOT NULL,
    display_name text NOT NULL,
    active_from timestamp with time zone DEFAULT core.clock() NOT NULL,
    active_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT display_name_is_readable CHECK (core.is_name(display_name)),
    CONSTRAINT it_ends_after_it_begins CHECK ((active_until > active_from)),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['student'::text, 'guardian'::text, 'faculty'::text, 'staff'::text, 'employee'::text, 'manager'::text, 'hr'::text]))),
    CONSTRAINT member_number_is_a_code CHECK (core.is_code(member_number))
);

ALTER TABLE ONLY identity.membership FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.membership OWNER TO smartattend_owner;

--
-- Name: TABLE membership; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity.membership IS 'A person in a tenant, under a member number, active during a range. Attendance''s subject is a membership, and its row is what a command about that person locks.';


--
-- Name: member; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.member WITH (security_invoker='true') AS
 SELECT user_id,
    member_number,
    kind,
    display_name,
    active_from,
    active_until
   FROM identity.membership;


ALTER VIEW api.member OWNER TO smartattend_owner;

--
-- Name: VIEW member; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.member IS 'Oneself, or with member.read all members.';


--
-- Name: register; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.register (
    tenant_id uuid NOT NULL,
    session_id uuid NOT NULL,
    state text DEFAULT 'scheduled'::text NOT NULL,
    state_via text DEFAULT 'schedule'::text NOT NULL,
    state_reason text,
    CONSTRAINT reason_says_something CHECK (((state_reason IS NULL) OR core.is_reason(state_reason)))
);

ALTER TABLE ONLY attendance.register FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.register OWNER TO smartattend_owner;

--
-- Name: TABLE register; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.register IS 'The roll of a session. One that was not submitted was not taken: nobody is absent by it, and nobody present.';


--
-- Name: register; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.register WITH (security_invoker='true') AS
 SELECT session_id,
    state,
    state_via,
    state_reason
   FROM attendance.register;


ALTER VIEW api.register OWNER TO smartattend_owner;

--
-- Name: VIEW register; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.register IS 'The registers in the scope of attendance.read.';


--
-- Name: session; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.session WITH (security_invoker='true') AS
 SELECT id,
    site_id,
    unit_id,
    kind,
    source,
    name,
    business_date,
    time_zone,
    starts_at,
    ends_at,
    opens_at,
    closes_at,
    late_after,
    cancelled_at
   FROM attendance.session;


ALTER VIEW api.session OWNER TO smartattend_owner;

--
-- Name: VIEW session; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.session IS 'The sessions that one is expected in, or that lie in the scope of attendance.read.';


--
-- Name: check; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation."check" (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    scenario text NOT NULL,
    judgement text NOT NULL,
    severity text NOT NULL,
    verdict text NOT NULL,
    items bigint NOT NULL,
    violations bigint NOT NULL,
    expected text NOT NULL,
    observed text NOT NULL,
    witness jsonb,
    query text NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT a_violation_breaks CHECK (((violations > 0) = (verdict = 'broken'::text))),
    CONSTRAINT a_violation_has_a_witness CHECK (((violations > 0) = (witness IS NOT NULL))),
    CONSTRAINT verdict_is_known CHECK ((verdict = ANY (ARRAY['held'::text, 'broken'::text, 'inconclusive'::text])))
);

ALTER TABLE ONLY simulation."check" FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation."check" OWNER TO smartattend_owner;

--
-- Name: TABLE "check"; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation."check" IS 'One judgement of one scenario: how many items it looked at, how many violate it, the smallest witness and the query that shows all of them.';


--
-- Name: judgement; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.judgement (
    judgement text NOT NULL,
    function_name text NOT NULL,
    counts text NOT NULL,
    severity text NOT NULL,
    may_be_idle boolean DEFAULT false NOT NULL,
    scenarios text[],
    title text NOT NULL,
    expected text NOT NULL,
    meaning text NOT NULL,
    action text NOT NULL,
    CONSTRAINT function_name_is_an_identifier CHECK ((function_name ~ '^[a-z][a-z_]+$'::text)),
    CONSTRAINT judgement_is_a_lower_case_word CHECK ((judgement ~ '^[a-z][a-z_]+$'::text)),
    CONSTRAINT severity_is_known CHECK ((severity = ANY (ARRAY['critical'::text, 'major'::text, 'minor'::text]))),
    CONSTRAINT what_it_counts_is_known CHECK ((counts = ANY (ARRAY['logical'::text, 'calls'::text, 'acknowledged'::text, 'refusals'::text, 'conflicting'::text, 'recovery'::text, 'records'::text, 'subjects'::text])))
);


ALTER TABLE simulation.judgement OWNER TO smartattend_owner;

--
-- Name: TABLE judgement; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.judgement IS 'What the database looks at when it judges a run. Each is a function simulation.<function_name>(tenant_id, run_id, scenario) that returns the rows which violate it (simulation.violation); severity is a property of the rule, not of a message.';


--
-- Name: COLUMN judgement.counts; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.judgement.counts IS 'What simulation.looked_at counts for it: the number of items in its scope.';


--
-- Name: COLUMN judgement.may_be_idle; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.judgement.may_be_idle IS 'Whether the check may hold although it had nothing to look at; otherwise nothing looked at is inconclusive.';


--
-- Name: COLUMN judgement.scenarios; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.judgement.scenarios IS 'The scenarios it belongs to; null for all.';


--
-- Name: simulation_check; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.simulation_check WITH (security_invoker='true') AS
 SELECT k.run_id,
    k.scenario,
    k.judgement,
    j.title,
    k.severity,
    k.verdict,
    k.items,
    k.violations,
    k.expected,
    k.observed,
    k.witness,
    k.query,
    j.meaning,
    j.action
   FROM (simulation."check" k
     JOIN simulation.judgement j ON ((j.judgement = k.judgement)));


ALTER VIEW api.simulation_check OWNER TO smartattend_owner;

--
-- Name: VIEW simulation_check; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.simulation_check IS 'The checks of each run, with what a violation means and what to do.';


--
-- Name: fault; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.fault (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    scenario text NOT NULL,
    fault text NOT NULL,
    planned integer NOT NULL,
    fired integer NOT NULL,
    observed integer NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT counts_are_not_negative CHECK (((planned >= 0) AND (fired >= 0) AND (observed >= 0))),
    CONSTRAINT name_is_a_code CHECK (core.is_code(fault))
);

ALTER TABLE ONLY simulation.fault FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation.fault OWNER TO smartattend_owner;

--
-- Name: TABLE fault; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.fault IS 'How often each fault was planned, fired, and seen by its effect. A run whose fault fired less than planned is inconclusive.';


--
-- Name: simulation_fault; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.simulation_fault WITH (security_invoker='true') AS
 SELECT run_id,
    scenario,
    fault,
    planned,
    fired,
    observed
   FROM simulation.fault f;


ALTER VIEW api.simulation_fault OWNER TO smartattend_owner;

--
-- Name: VIEW simulation_fault; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.simulation_fault IS 'How often each fault of a run was planned, fired and observed.';


--
-- Name: issue; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.issue (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    scenario text NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    severity text NOT NULL,
    title text NOT NULL,
    meaning text NOT NULL,
    action text NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['violation'::text, 'idle_check'::text, 'steady_state'::text, 'fault'::text, 'condition'::text]))),
    CONSTRAINT severity_is_known CHECK ((severity = ANY (ARRAY['critical'::text, 'major'::text, 'minor'::text])))
);

ALTER TABLE ONLY simulation.issue FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation.issue OWNER TO smartattend_owner;

--
-- Name: TABLE issue; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.issue IS 'What an operator should know and do after a run: one row for each broken check, and for each reason why the run cannot be trusted.';


--
-- Name: COLUMN issue.about; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.issue.about IS 'The judgement, fault or condition it is about.';


--
-- Name: simulation_issue; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.simulation_issue WITH (security_invoker='true') AS
 SELECT run_id,
    scenario,
    ordinal,
    kind,
    about,
    severity,
    title,
    meaning,
    action,
    recorded_at
   FROM simulation.issue i;


ALTER VIEW api.simulation_issue OWNER TO smartattend_owner;

--
-- Name: VIEW simulation_issue; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.simulation_issue IS 'What an operator should know and do after each run.';


--
-- Name: run_transition; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.run_transition (
    tenant_id uuid NOT NULL,
    object_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    from_state text,
    to_state text NOT NULL,
    via text NOT NULL,
    reason text,
    actor_id uuid DEFAULT (core.actor()).user_id,
    session_id uuid DEFAULT (core.actor()).session_id,
    database_user text DEFAULT SESSION_USER NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY simulation.run_transition FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation.run_transition OWNER TO smartattend_owner;

--
-- Name: TABLE run_transition; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.run_transition IS 'The history of runs, written by core.judge_transition.';


--
-- Name: simulation_run; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.simulation_run WITH (security_invoker='true') AS
 SELECT id,
    command,
    seed,
    encode(plan_hash, 'hex'::text) AS plan_hash,
    parameters,
    tool_version,
    created_at,
    state,
    state_reason,
    ( SELECT max(t.recorded_at) AS max
           FROM simulation.run_transition t
          WHERE ((t.tenant_id = r.tenant_id) AND (t.object_id = r.id) AND (t.to_state = ANY (ARRAY['held'::text, 'broken'::text, 'inconclusive'::text, 'aborted'::text])))) AS ended_at,
    ( SELECT count(*) AS count
           FROM simulation.issue i
          WHERE ((i.tenant_id = r.tenant_id) AND (i.run_id = r.id))) AS issues
   FROM simulation.run r;


ALTER VIEW api.simulation_run OWNER TO smartattend_owner;

--
-- Name: VIEW simulation_run; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.simulation_run IS 'The runs of the session''s tenant, for those who may run simulations.';


--
-- Name: scenario; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.scenario (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    scenario text NOT NULL,
    verdict text NOT NULL,
    steady_state boolean NOT NULL,
    conditions jsonb NOT NULL,
    figures jsonb NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT conditions_are_a_list CHECK ((jsonb_typeof(conditions) = 'array'::text)),
    CONSTRAINT figures_are_an_object CHECK ((jsonb_typeof(figures) = 'object'::text)),
    CONSTRAINT name_is_a_code CHECK (core.is_code(scenario)),
    CONSTRAINT verdict_is_known CHECK ((verdict = ANY (ARRAY['held'::text, 'broken'::text, 'inconclusive'::text]))),
    CONSTRAINT without_steady_state_nothing_held CHECK ((steady_state OR (verdict <> 'held'::text)))
);

ALTER TABLE ONLY simulation.scenario FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation.scenario OWNER TO smartattend_owner;

--
-- Name: TABLE scenario; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.scenario IS 'How one scenario of a run came out.';


--
-- Name: COLUMN scenario.conditions; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.scenario.conditions IS 'What should happen at least once for the run to mean something: [{"name", "met", "witness", "required"}].';


--
-- Name: COLUMN scenario.figures; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.scenario.figures IS 'Measured by the clients: calls, latencies, overlap. Not judged.';


--
-- Name: simulation_scenario; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.simulation_scenario WITH (security_invoker='true') AS
 SELECT run_id,
    scenario,
    verdict,
    steady_state,
    conditions,
    figures,
    recorded_at
   FROM simulation.scenario s;


ALTER VIEW api.simulation_scenario OWNER TO smartattend_owner;

--
-- Name: VIEW simulation_scenario; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.simulation_scenario IS 'How the scenarios of each run came out.';


--
-- Name: site; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.site (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,
    latitude double precision,
    longitude double precision,
    radius_m double precision,
    networks cidr[] DEFAULT '{}'::cidr[] NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT code_is_a_code CHECK (core.is_code(code)),
    CONSTRAINT geofence_is_on_earth CHECK ((((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision)) AND ((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)) AND ((radius_m >= (1)::double precision) AND (radius_m <= (100000)::double precision)))),
    CONSTRAINT geofence_is_whole CHECK ((num_nulls(latitude, longitude, radius_m) = ANY (ARRAY[0, 3]))),
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT time_zone_is_iana CHECK (core.is_time_zone(time_zone))
);

ALTER TABLE ONLY tenancy.site FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.site OWNER TO smartattend_owner;

--
-- Name: TABLE site; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.site IS 'A place with a time zone: a school building, a plant, an office. Its geofence and networks are optional.';


--
-- Name: COLUMN site.radius_m; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.site.radius_m IS 'Metres.';


--
-- Name: site; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.site WITH (security_invoker='true') AS
 SELECT id,
    code,
    name,
    time_zone,
    latitude,
    longitude,
    radius_m,
    networks
   FROM tenancy.site;


ALTER VIEW api.site OWNER TO smartattend_owner;

--
-- Name: VIEW site; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.site IS 'The sites of the session''s tenant.';


--
-- Name: tenant; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.tenant (
    tenant_id uuid DEFAULT core.uuid_v7() NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    platform text NOT NULL,
    time_zone text NOT NULL,
    is_sandbox boolean DEFAULT false NOT NULL,
    state text DEFAULT 'provisioning'::text NOT NULL,
    state_via text DEFAULT 'create'::text NOT NULL,
    state_reason text,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT reason_says_something CHECK (((state_reason IS NULL) OR core.is_reason(state_reason))),
    CONSTRAINT slug_is_a_short_lower_case_word CHECK ((slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'::text)),
    CONSTRAINT time_zone_is_iana CHECK (core.is_time_zone(time_zone))
);

ALTER TABLE ONLY tenancy.tenant FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.tenant OWNER TO smartattend_owner;

--
-- Name: TABLE tenant; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.tenant IS 'A school or company whose record is kept apart from all others.';


--
-- Name: COLUMN tenant.is_sandbox; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.tenant.is_sandbox IS 'Simulations may hurt it.';


--
-- Name: tenant; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.tenant WITH (security_invoker='true') AS
 SELECT tenant_id,
    slug,
    name,
    platform,
    time_zone,
    is_sandbox,
    state
   FROM tenancy.tenant;


ALTER VIEW api.tenant OWNER TO smartattend_owner;

--
-- Name: VIEW tenant; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.tenant IS 'The tenant of the session; for members of smartattend_operator, all tenants.';


--
-- Name: unit; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.unit (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    site_id uuid NOT NULL,
    parent_id uuid,
    kind text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    ancestors uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT code_is_a_code CHECK (core.is_code(code)),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['site'::text, 'department'::text, 'year_group'::text, 'class_group'::text]))),
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT only_the_site_has_no_parent CHECK (((parent_id IS NULL) = (kind = 'site'::text))),
    CONSTRAINT unit_is_not_its_own_parent CHECK ((parent_id <> id))
);

ALTER TABLE ONLY tenancy.unit FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.unit OWNER TO smartattend_owner;

--
-- Name: TABLE unit; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.unit IS 'The tree inside a site: its root (kind site, made with it), departments, year groups, class groups. A role is granted for a unit and everything beneath it.';


--
-- Name: COLUMN unit.ancestors; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON COLUMN tenancy.unit.ancestors IS 'The unit itself and all above it; a scope check is one comparison.';


--
-- Name: unit; Type: VIEW; Schema: api; Owner: smartattend_owner
--

CREATE VIEW api.unit WITH (security_invoker='true') AS
 SELECT id,
    site_id,
    parent_id,
    kind,
    code,
    name
   FROM tenancy.unit;


ALTER VIEW api.unit OWNER TO smartattend_owner;

--
-- Name: VIEW unit; Type: COMMENT; Schema: api; Owner: smartattend_owner
--

COMMENT ON VIEW api.unit IS 'The units of the session''s tenant.';


--
-- Name: category; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.category (
    category text NOT NULL,
    is_absence boolean NOT NULL,
    meaning text NOT NULL
);


ALTER TABLE attendance.category OWNER TO smartattend_owner;

--
-- Name: TABLE category; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.category IS 'What a code says, the same for all tenants.';


--
-- Name: punch; Type: VIEW; Schema: attendance; Owner: smartattend_owner
--

CREATE VIEW attendance.punch WITH (security_invoker='true') AS
 SELECT tenant_id,
    key,
    kind,
    subject_id,
    session_id,
    record_id,
    revision,
    state,
    code,
    in_at,
    out_at,
    business_date,
    reason_code,
    reason,
    actor_id,
    login_session_id,
    requester_id,
    approver_id,
    base_revision,
    payload_hash,
    claimed_at,
    claimed_zone,
    device_id,
    boot_id,
    sequence_number,
    monotonic_us,
    latitude,
    longitude,
    accuracy_m,
    evidence,
    effective_at,
    error_us,
    basis,
    recorded_at,
    elapsed_us,
    xid,
    epoch
   FROM attendance.event
  WHERE ((kind)::text = ANY (ARRAY['in'::text, 'out'::text, 'mark'::text]));


ALTER VIEW attendance.punch OWNER TO smartattend_owner;

--
-- Name: VIEW punch; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON VIEW attendance.punch IS 'The claims that arrived.';


--
-- Name: register_transition; Type: TABLE; Schema: attendance; Owner: smartattend_owner
--

CREATE TABLE attendance.register_transition (
    tenant_id uuid NOT NULL,
    object_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    from_state text,
    to_state text NOT NULL,
    via text NOT NULL,
    reason text,
    actor_id uuid DEFAULT (core.actor()).user_id,
    session_id uuid DEFAULT (core.actor()).session_id,
    database_user text DEFAULT SESSION_USER NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY attendance.register_transition FORCE ROW LEVEL SECURITY;


ALTER TABLE attendance.register_transition OWNER TO smartattend_owner;

--
-- Name: TABLE register_transition; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON TABLE attendance.register_transition IS 'The history of registers, written by core.judge_transition.';


--
-- Name: revision; Type: VIEW; Schema: attendance; Owner: smartattend_owner
--

CREATE VIEW attendance.revision WITH (security_invoker='true') AS
 SELECT tenant_id,
    key,
    kind,
    subject_id,
    session_id,
    record_id,
    revision,
    state,
    code,
    in_at,
    out_at,
    business_date,
    reason_code,
    reason,
    actor_id,
    login_session_id,
    requester_id,
    approver_id,
    base_revision,
    payload_hash,
    claimed_at,
    claimed_zone,
    device_id,
    boot_id,
    sequence_number,
    monotonic_us,
    latitude,
    longitude,
    accuracy_m,
    evidence,
    effective_at,
    error_us,
    basis,
    recorded_at,
    elapsed_us,
    xid,
    epoch
   FROM attendance.event
  WHERE (record_id IS NOT NULL);


ALTER VIEW attendance.revision OWNER TO smartattend_owner;

--
-- Name: VIEW revision; Type: COMMENT; Schema: attendance; Owner: smartattend_owner
--

COMMENT ON VIEW attendance.revision IS 'The events that made a revision of a record; revision 1 is the original for ever.';


--
-- Name: entry_field; Type: TABLE; Schema: core; Owner: smartattend_owner
--

CREATE TABLE core.entry_field (
    entry text NOT NULL,
    field text NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    is_key boolean DEFAULT false NOT NULL,
    is_required boolean DEFAULT false NOT NULL,
    words text[],
    lowest numeric,
    highest numeric,
    meaning text NOT NULL,
    CONSTRAINT a_number_has_its_bounds CHECK (((kind = ANY (ARRAY['integer'::text, 'number'::text])) = ((lowest IS NOT NULL) AND (highest IS NOT NULL)))),
    CONSTRAINT a_word_has_its_words CHECK (((kind = 'word'::text) = (words IS NOT NULL))),
    CONSTRAINT entry_is_snake_case CHECK ((entry ~ '^[a-z][a-z_]+$'::text)),
    CONSTRAINT field_is_snake_case CHECK ((field ~ '^[a-z][a-z_]+$'::text)),
    CONSTRAINT key_is_required CHECK ((is_required OR (NOT is_key))),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['code'::text, 'path'::text, 'name'::text, 'login'::text, 'zone'::text, 'word'::text, 'date'::text, 'time'::text, 'integer'::text, 'number'::text, 'networks'::text])))
);


ALTER TABLE core.entry_field OWNER TO smartattend_owner;

--
-- Name: TABLE entry_field; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TABLE core.entry_field IS 'The format of the entries that each api.put_* takes, as data: core.read_entries reads by it and the README''s table is generated from it.';


--
-- Name: COLUMN entry_field.is_key; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.entry_field.is_key IS 'Whether the field is part of the natural key, by which a repeated entry is recognised.';


--
-- Name: idempotency; Type: TABLE; Schema: core; Owner: smartattend_owner
--

CREATE TABLE core.idempotency (
    tenant_id uuid NOT NULL,
    key uuid NOT NULL,
    command text NOT NULL,
    payload_hash core.sha256 NOT NULL,
    outcome core.outcome,
    actor_id uuid,
    session_id uuid,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    elapsed_us bigint,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY core.idempotency FORCE ROW LEVEL SECURITY;


ALTER TABLE core.idempotency OWNER TO smartattend_owner;

--
-- Name: TABLE idempotency; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TABLE core.idempotency IS 'Keys of commands that have no row of their own to carry them. Inserted first, so that a concurrent caller with the same key waits; the outcome is filled once, before the return. A refusal does not consume the key. The nil UUID is the tenant of platform commands.';


--
-- Name: machine; Type: TABLE; Schema: core; Owner: smartattend_owner
--

CREATE TABLE core.machine (
    machine text NOT NULL,
    title text NOT NULL,
    relation text NOT NULL,
    CONSTRAINT name_is_snake_case CHECK ((machine ~ '^[a-z][a-z_]+$'::text))
);


ALTER TABLE core.machine OWNER TO smartattend_owner;

--
-- Name: TABLE machine; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON TABLE core.machine IS 'The state machines. Each governs the columns state, state_via and state_reason of one table.';


--
-- Name: COLUMN machine.relation; Type: COMMENT; Schema: core; Owner: smartattend_owner
--

COMMENT ON COLUMN core.machine.relation IS 'schema.table whose rows the machine governs.';


--
-- Name: roster; Type: TABLE; Schema: corporate; Owner: smartattend_owner
--

CREATE TABLE corporate.roster (
    tenant_id uuid NOT NULL,
    template_id uuid NOT NULL,
    on_date date NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT date_is_finite CHECK (isfinite(on_date))
);

ALTER TABLE ONLY corporate.roster FORCE ROW LEVEL SECURITY;


ALTER TABLE corporate.roster OWNER TO smartattend_owner;

--
-- Name: TABLE roster; Type: COMMENT; Schema: corporate; Owner: smartattend_owner
--

COMMENT ON TABLE corporate.roster IS 'Who works which shift on which date (the local date of the shift''s start).';


--
-- Name: shift_template; Type: TABLE; Schema: corporate; Owner: smartattend_owner
--

CREATE TABLE corporate.shift_template (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    unit_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    local_start time without time zone NOT NULL,
    local_end time without time zone NOT NULL,
    end_day_offset smallint NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT code_is_a_code CHECK (core.is_code(code)),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['fixed'::text, 'night'::text]))),
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT night_shift_ends_tomorrow CHECK (((kind <> 'night'::text) OR (end_day_offset = 1))),
    CONSTRAINT shift_ends_after_it_starts CHECK (((end_day_offset = 1) OR (local_end > local_start))),
    CONSTRAINT shift_ends_today_or_tomorrow CHECK ((end_day_offset = ANY (ARRAY[0, 1]))),
    CONSTRAINT shift_is_no_longer_than_a_day CHECK (((end_day_offset = 0) OR (local_end <= local_start))),
    CONSTRAINT shift_is_within_the_clock CHECK (((local_start < '24:00:00'::time without time zone) AND (local_end < '24:00:00'::time without time zone)))
);

ALTER TABLE ONLY corporate.shift_template FORCE ROW LEVEL SECURITY;


ALTER TABLE corporate.shift_template OWNER TO smartattend_owner;

--
-- Name: TABLE shift_template; Type: COMMENT; Schema: corporate; Owner: smartattend_owner
--

COMMENT ON TABLE corporate.shift_template IS 'A shift in local time: start, end and whether the end is on the next day. Its true length on a date comes from the site''s zone: 22:00 to 07:00 lasts 8 hours over the change in March and 10 over the one in October.';


--
-- Name: COLUMN shift_template.end_day_offset; Type: COMMENT; Schema: corporate; Owner: smartattend_owner
--

COMMENT ON COLUMN corporate.shift_template.end_day_offset IS 'Days from the start''s date to the end''s: 0 or 1.';


--
-- Name: login_session; Type: TABLE; Schema: identity; Owner: smartattend_session
--

CREATE TABLE identity.login_session (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    device_id uuid,
    unit_id uuid,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    idle_timeout interval,
    last_seen_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text,
    issued_by text DEFAULT SESSION_USER NOT NULL,
    issued_because text,
    client_address inet DEFAULT inet_client_addr(),
    CONSTRAINT a_device_session_has_a_device_and_its_unit CHECK (((kind <> 'device'::text) OR ((device_id IS NOT NULL) AND (unit_id IS NOT NULL) AND (user_id IS NULL)))),
    CONSTRAINT a_user_session_has_a_user CHECK (((kind <> 'user'::text) OR (user_id IS NOT NULL))),
    CONSTRAINT it_ends_after_it_begins CHECK ((expires_at > created_at)),
    CONSTRAINT kind_is_user_or_device CHECK ((kind = ANY (ARRAY['user'::text, 'device'::text]))),
    CONSTRAINT token_hash_is_sha256 CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY identity.login_session FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.login_session OWNER TO smartattend_session;

--
-- Name: TABLE login_session; Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON TABLE identity.login_session IS 'Login sessions of people and devices. Only the SHA-256 of the token is stored. Read by its owner alone, which the token verifier runs as.';


--
-- Name: COLUMN login_session.unit_id; Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON COLUMN identity.login_session.unit_id IS 'A device session acts within this unit.';


--
-- Name: permission; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity.permission (
    permission text NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT permission_is_object_dot_action CHECK ((permission ~ '^[a-z]+[.][a-z_]+$'::text))
);


ALTER TABLE identity.permission OWNER TO smartattend_owner;

--
-- Name: TABLE permission; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity.permission IS 'What can be allowed.';


--
-- Name: platform_grant; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity.platform_grant (
    user_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    role text NOT NULL,
    starts_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    granted_by uuid,
    database_user text DEFAULT SESSION_USER NOT NULL,
    granted_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT it_ends_after_it_starts CHECK ((ends_at > starts_at)),
    CONSTRAINT role_is_a_platform_role CHECK ((role = ANY (ARRAY['superadmin'::text, 'platform_auditor'::text, 'platform_operator'::text])))
);

ALTER TABLE ONLY identity.platform_grant FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.platform_grant OWNER TO smartattend_owner;

--
-- Name: TABLE platform_grant; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity.platform_grant IS 'Roles across tenants. They have no tenant, and are used through platform sessions only.';


--
-- Name: platform_session; Type: TABLE; Schema: identity; Owner: smartattend_session
--

CREATE TABLE identity.platform_session (
    user_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    token_hash bytea NOT NULL,
    reason text NOT NULL,
    ticket text NOT NULL,
    mfa_level integer NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    revoked_at timestamp with time zone,
    issued_by text DEFAULT SESSION_USER NOT NULL,
    client_address inet DEFAULT inet_client_addr(),
    CONSTRAINT it_lasts_at_most_8_hours CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '08:00:00'::interval)))),
    CONSTRAINT mfa_level_is_1_to_3 CHECK (((mfa_level >= 1) AND (mfa_level <= 3))),
    CONSTRAINT reason_says_something CHECK (core.is_reason(reason)),
    CONSTRAINT ticket_is_a_code CHECK (core.is_code(ticket)),
    CONSTRAINT token_hash_is_sha256 CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY identity.platform_session FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.platform_session OWNER TO smartattend_session;

--
-- Name: TABLE platform_session; Type: COMMENT; Schema: identity; Owner: smartattend_session
--

COMMENT ON TABLE identity.platform_session IS 'Sessions of superadmins and other platform roles: with reason, ticket and level of multi-factor authentication; at most 8 hours, 15 minutes idle, one live per person.';


--
-- Name: role; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity.role (
    role text NOT NULL,
    platform text NOT NULL,
    level integer NOT NULL,
    meaning text NOT NULL,
    CONSTRAINT level_is_a_percentage CHECK (((level >= 0) AND (level <= 100))),
    CONSTRAINT platform_is_known CHECK ((platform = ANY (ARRAY['school'::text, 'corporate'::text, 'platform'::text, 'any'::text])))
);


ALTER TABLE identity.role OWNER TO smartattend_owner;

--
-- Name: TABLE role; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity.role IS 'Named sets of permissions with a level (0 to 100), per platform (ANSI INCITS 359).';


--
-- Name: role_grant; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity.role_grant (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    unit_id uuid,
    starts_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    request_id uuid,
    granted_by uuid DEFAULT (core.actor()).user_id,
    session_id uuid DEFAULT (core.actor()).session_id,
    database_user text DEFAULT SESSION_USER NOT NULL,
    granted_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    during tstzrange GENERATED ALWAYS AS (tstzrange(starts_at, ends_at, '[)'::text)) STORED,
    CONSTRAINT it_ends_after_it_starts CHECK ((ends_at > starts_at))
);

ALTER TABLE ONLY identity.role_grant FORCE ROW LEVEL SECURITY;


ALTER TABLE identity.role_grant OWNER TO smartattend_owner;

--
-- Name: TABLE role_grant; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity.role_grant IS 'Who holds which role where and when. Effective if and only if now lies in [starts_at, ends_at) and it is not revoked, evaluated when read.';


--
-- Name: COLUMN role_grant.unit_id; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON COLUMN identity.role_grant.unit_id IS 'The scope: this unit and everything beneath it; null is the whole tenant.';


--
-- Name: role_permission; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity.role_permission (
    role text NOT NULL,
    permission text NOT NULL
);


ALTER TABLE identity.role_permission OWNER TO smartattend_owner;

--
-- Name: TABLE role_permission; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity.role_permission IS 'Which role holds which permission.';


--
-- Name: user; Type: TABLE; Schema: identity; Owner: smartattend_owner
--

CREATE TABLE identity."user" (
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    login text NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT login_is_lower_case_without_spaces CHECK ((login ~ '^[a-z0-9][a-z0-9._@+-]{1,126}[a-z0-9]$'::text))
);

ALTER TABLE ONLY identity."user" FORCE ROW LEVEL SECURITY;


ALTER TABLE identity."user" OWNER TO smartattend_owner;

--
-- Name: TABLE "user"; Type: COMMENT; Schema: identity; Owner: smartattend_owner
--

COMMENT ON TABLE identity."user" IS 'Accounts, platform-wide. A tenant sees an account through its membership only; what a person is called there is the membership''s.';


--
-- Name: refusal; Type: TABLE; Schema: ledger; Owner: smartattend_ledger
--

CREATE TABLE ledger.refusal (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    command text NOT NULL,
    key uuid,
    payload_hash core.sha256 NOT NULL,
    code text NOT NULL,
    detail jsonb,
    actor_id uuid,
    session_id uuid,
    device_id uuid,
    database_user text DEFAULT SESSION_USER NOT NULL,
    client_address inet DEFAULT inet_client_addr(),
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    elapsed_us bigint,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY ledger.refusal FORCE ROW LEVEL SECURITY;


ALTER TABLE ledger.refusal OWNER TO smartattend_ledger;

--
-- Name: TABLE refusal; Type: COMMENT; Schema: ledger; Owner: smartattend_ledger
--

COMMENT ON TABLE ledger.refusal IS 'What was refused: who asked for what, from which session, and why not. A refusal is a fact, so it is returned and kept instead of raised; it lasts if the caller commits. The nil UUID is the tenant of platform commands.';


--
-- Name: course; Type: TABLE; Schema: school; Owner: smartattend_owner
--

CREATE TABLE school.course (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    site_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT code_is_a_code CHECK (core.is_code(code)),
    CONSTRAINT name_is_readable CHECK (core.is_name(name))
);

ALTER TABLE ONLY school.course FORCE ROW LEVEL SECURITY;


ALTER TABLE school.course OWNER TO smartattend_owner;

--
-- Name: TABLE course; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON TABLE school.course IS 'What is taught at a site, independent of when and to whom (Ed-Fi: Course, CourseOffering).';


--
-- Name: enrolment; Type: TABLE; Schema: school; Owner: smartattend_owner
--

CREATE TABLE school.enrolment (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    unit_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT dates_are_finite CHECK ((isfinite(starts_on) AND isfinite(ends_on))),
    CONSTRAINT enrolment_ends_after_it_starts CHECK ((ends_on > starts_on))
);

ALTER TABLE ONLY school.enrolment FORCE ROW LEVEL SECURITY;


ALTER TABLE school.enrolment OWNER TO smartattend_owner;

--
-- Name: TABLE enrolment; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON TABLE school.enrolment IS 'Who belongs to a unit and when (Ed-Fi: StudentSectionAssociation; on a site''s root unit StudentSchoolAssociation). Who is enrolled on the day is expected in the unit''s sessions.';


--
-- Name: COLUMN enrolment.ends_on; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON COLUMN school.enrolment.ends_on IS 'The first day on which the person no longer belongs; null while it has no end.';


--
-- Name: section; Type: TABLE; Schema: school; Owner: smartattend_owner
--

CREATE TABLE school.section (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    course_id uuid NOT NULL,
    term_id uuid NOT NULL,
    unit_kind text GENERATED ALWAYS AS ('class_group'::text) STORED NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL
);

ALTER TABLE ONLY school.section FORCE ROW LEVEL SECURITY;


ALTER TABLE school.section OWNER TO smartattend_owner;

--
-- Name: TABLE section; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON TABLE school.section IS 'A course taught to one class group in one term (Ed-Fi: Section). It is that unit: same id, so that roles and sessions of the unit are the section''s.';


--
-- Name: term; Type: TABLE; Schema: school; Owner: smartattend_owner
--

CREATE TABLE school.term (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    site_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT code_is_a_code CHECK (core.is_code(code)),
    CONSTRAINT dates_are_finite CHECK ((isfinite(starts_on) AND isfinite(ends_on))),
    CONSTRAINT name_is_readable CHECK (core.is_name(name)),
    CONSTRAINT term_ends_after_it_starts CHECK ((ends_on > starts_on))
);

ALTER TABLE ONLY school.term FORCE ROW LEVEL SECURITY;


ALTER TABLE school.term OWNER TO smartattend_owner;

--
-- Name: TABLE term; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON TABLE school.term IS 'A stretch of the school year at a site (Ed-Fi: Session). Its sections meet on days inside it only.';


--
-- Name: COLUMN term.ends_on; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON COLUMN school.term.ends_on IS 'The first day after the term.';


--
-- Name: timetable; Type: TABLE; Schema: school; Owner: smartattend_owner
--

CREATE TABLE school.timetable (
    tenant_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    unit_id uuid NOT NULL,
    kind text NOT NULL,
    weekday smallint NOT NULL,
    local_start time without time zone NOT NULL,
    local_end time without time zone NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    created_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    CONSTRAINT dates_are_finite CHECK ((isfinite(valid_from) AND isfinite(valid_until))),
    CONSTRAINT kind_is_known CHECK ((kind = ANY (ARRAY['meeting'::text, 'day'::text, 'half_day'::text]))),
    CONSTRAINT slot_ends_after_it_starts CHECK ((local_end > local_start)),
    CONSTRAINT slot_is_on_one_day CHECK ((local_end < '24:00:00'::time without time zone)),
    CONSTRAINT validity_ends_after_it_starts CHECK ((valid_until > valid_from)),
    CONSTRAINT weekday_is_iso CHECK (((weekday >= 1) AND (weekday <= 7)))
);

ALTER TABLE ONLY school.timetable FORCE ROW LEVEL SECURITY;


ALTER TABLE school.timetable OWNER TO smartattend_owner;

--
-- Name: TABLE timetable; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON TABLE school.timetable IS 'When a unit meets, week by week, in the local time of its site: kind meeting for sections, day and half_day for classes or, on a site''s root unit, the whole school.';


--
-- Name: COLUMN timetable.weekday; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON COLUMN school.timetable.weekday IS 'ISO 8601: 1 is Monday, 7 is Sunday.';


--
-- Name: COLUMN timetable.valid_until; Type: COMMENT; Schema: school; Owner: smartattend_owner
--

COMMENT ON COLUMN school.timetable.valid_until IS 'The first day on which it is no longer valid; null while it has no end.';


--
-- Name: call; Type: TABLE; Schema: simulation; Owner: smartattend_owner
--

CREATE TABLE simulation.call (
    tenant_id uuid NOT NULL,
    run_id uuid NOT NULL,
    number integer NOT NULL,
    scenario text NOT NULL,
    phase text NOT NULL,
    kind text NOT NULL,
    logical integer,
    variant integer DEFAULT 0 NOT NULL,
    device text NOT NULL,
    command text NOT NULL,
    key uuid NOT NULL,
    payload_hash bytea NOT NULL,
    subject_id uuid NOT NULL,
    due_us bigint NOT NULL,
    invoked_us bigint NOT NULL,
    ended_us bigint NOT NULL,
    outcome text NOT NULL,
    code text,
    record_id uuid,
    revision integer,
    answer_hash bytea,
    tries integer DEFAULT 1 NOT NULL,
    doubts integer DEFAULT 0 NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    CONSTRAINT a_call_begins_when_it_is_due CHECK (((due_us >= 0) AND (invoked_us >= due_us))),
    CONSTRAINT a_call_ends_after_it_began CHECK ((ended_us >= invoked_us)),
    CONSTRAINT a_failure_has_a_code CHECK (((code IS NOT NULL) OR (outcome <> ALL (ARRAY['refused'::text, 'error'::text])))),
    CONSTRAINT an_acknowledgement_has_no_code CHECK (((code IS NULL) OR (outcome <> ALL (ARRAY['accepted'::text, 'replayed'::text])))),
    CONSTRAINT hashes_are_sha256 CHECK (((octet_length(payload_hash) = 32) AND (octet_length(answer_hash) = 32))),
    CONSTRAINT outcome_is_known CHECK ((outcome = ANY (ARRAY['accepted'::text, 'replayed'::text, 'refused'::text, 'error'::text, 'unknown'::text]))),
    CONSTRAINT phase_is_known CHECK ((phase = ANY (ARRAY['steady'::text, 'load'::text, 'recovery'::text]))),
    CONSTRAINT somebody_tried CHECK (((tries >= 1) AND ((doubts >= 0) AND (doubts <= tries)))),
    CONSTRAINT words_are_short CHECK ((core.is_code(scenario) AND core.is_code(kind) AND core.is_code(device) AND core.is_code(command) AND ((code IS NULL) OR core.is_code(code))))
);

ALTER TABLE ONLY simulation.call FORCE ROW LEVEL SECURITY;


ALTER TABLE simulation.call OWNER TO smartattend_owner;

--
-- Name: TABLE call; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON TABLE simulation.call IS 'The clients'' testimony: what each of them asked and which answer it got. It was kept outside the database while the run lasted (JSON lines) and is handed in before judgement.';


--
-- Name: COLUMN call.logical; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.call.logical IS 'Calls with the same number are one logical check-in: they must leave one event and one record. Null for calls that are nobody''s duplicate.';


--
-- Name: COLUMN call.variant; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.call.variant IS 'Calls of one logical check-in with the same number carry the same payload.';


--
-- Name: COLUMN call.due_us; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.call.due_us IS 'Microseconds since the run began, by the client''s monotonic clock: when the plan wanted it sent. Latency counts from here, so that waiting is not hidden.';


--
-- Name: COLUMN call.outcome; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.call.outcome IS 'How the last try ended. unknown: the connection died after the request had left, and asking again by the key did not settle it.';


--
-- Name: COLUMN call.answer_hash; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.call.answer_hash IS 'SHA-256 of the answer without its status: a replay must equal the first answer.';


--
-- Name: COLUMN call.doubts; Type: COMMENT; Schema: simulation; Owner: smartattend_owner
--

COMMENT ON COLUMN simulation.call.doubts IS 'How many of the tries ended unknown.';


--
-- Name: gate; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.gate (
    state text NOT NULL,
    login text NOT NULL,
    capture_read boolean NOT NULL,
    capture_write boolean NOT NULL,
    administration_read boolean NOT NULL,
    administration_write boolean NOT NULL,
    ordinary_read boolean NOT NULL,
    ordinary_write boolean NOT NULL,
    machine text GENERATED ALWAYS AS ('tenant'::text) STORED,
    opens text GENERATED ALWAYS AS ((((((
CASE
    WHEN capture_read THEN 'capture_read '::text
    ELSE ''::text
END ||
CASE
    WHEN capture_write THEN 'capture_write '::text
    ELSE ''::text
END) ||
CASE
    WHEN administration_read THEN 'administration_read '::text
    ELSE ''::text
END) ||
CASE
    WHEN administration_write THEN 'administration_write '::text
    ELSE ''::text
END) ||
CASE
    WHEN ordinary_read THEN 'ordinary_read '::text
    ELSE ''::text
END) ||
CASE
    WHEN ordinary_write THEN 'ordinary_write '::text
    ELSE ''::text
END)) STORED,
    CONSTRAINT login_is_known CHECK ((login = ANY (ARRAY['all'::text, 'administrators'::text, 'nobody'::text])))
);


ALTER TABLE tenancy.gate OWNER TO smartattend_owner;

--
-- Name: TABLE gate; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.gate IS 'What each tenant state lets through, for three classes of tables (capture, administration, ordinary; evidence is never gated) and two commands. Binding a session writes the column opens into the transaction, and the policies compare with it, so that no path can forget the gate.';


--
-- Name: platform; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.platform (
    platform text NOT NULL,
    meaning text NOT NULL
);


ALTER TABLE tenancy.platform OWNER TO smartattend_owner;

--
-- Name: TABLE platform; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.platform IS 'The platforms of one core: school and corporate.';


--
-- Name: tenant_transition; Type: TABLE; Schema: tenancy; Owner: smartattend_owner
--

CREATE TABLE tenancy.tenant_transition (
    tenant_id uuid NOT NULL,
    object_id uuid NOT NULL,
    id uuid DEFAULT core.uuid_v7() NOT NULL,
    from_state text,
    to_state text NOT NULL,
    via text NOT NULL,
    reason text,
    actor_id uuid DEFAULT (core.actor()).user_id,
    session_id uuid DEFAULT (core.actor()).session_id,
    database_user text DEFAULT SESSION_USER NOT NULL,
    recorded_at timestamp with time zone DEFAULT core.clock() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    epoch integer DEFAULT 1 NOT NULL
);

ALTER TABLE ONLY tenancy.tenant_transition FORCE ROW LEVEL SECURITY;


ALTER TABLE tenancy.tenant_transition OWNER TO smartattend_owner;

--
-- Name: TABLE tenant_transition; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON TABLE tenancy.tenant_transition IS 'The lifecycle history of tenants, written by core.judge_transition.';


--
-- Name: event a_revision_is_made_once; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.event
    ADD CONSTRAINT a_revision_is_made_once UNIQUE (tenant_id, record_id, revision);


--
-- Name: category category_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.category
    ADD CONSTRAINT category_pkey PRIMARY KEY (category);


--
-- Name: code code_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.code
    ADD CONSTRAINT code_pkey PRIMARY KEY (tenant_id, code);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (tenant_id, key);


--
-- Name: event every_kind_carries_what_it_needs; Type: CHECK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.event
    ADD CONSTRAINT every_kind_carries_what_it_needs CHECK (attendance.is_whole(event.*));


--
-- Name: expectation expectation_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.expectation
    ADD CONSTRAINT expectation_pkey PRIMARY KEY (tenant_id, session_id, subject_id);


--
-- Name: record presence_does_not_overlap; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.record
    ADD CONSTRAINT presence_does_not_overlap EXCLUDE USING gist (tenant_id WITH =, subject_id WITH =, tstzrange(in_at, out_at, '[)'::text) WITH &&) WHERE (((in_at < out_at) AND ((state)::text = ANY (ARRAY['recorded'::text, 'verified'::text]))));


--
-- Name: record record_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: register register_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.register
    ADD CONSTRAINT register_pkey PRIMARY KEY (tenant_id, session_id);


--
-- Name: register_transition register_transition_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.register_transition
    ADD CONSTRAINT register_transition_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: session session_is_unique_by_unit_kind_and_start; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.session
    ADD CONSTRAINT session_is_unique_by_unit_kind_and_start UNIQUE (tenant_id, unit_id, kind, starts_at);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: entry_field entry_field_pkey; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.entry_field
    ADD CONSTRAINT entry_field_pkey PRIMARY KEY (entry, field);


--
-- Name: error_code error_code_pkey; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.error_code
    ADD CONSTRAINT error_code_pkey PRIMARY KEY (code);


--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, key);


--
-- Name: machine machine_pkey; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.machine
    ADD CONSTRAINT machine_pkey PRIMARY KEY (machine);


--
-- Name: error_code name_is_unique; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.error_code
    ADD CONSTRAINT name_is_unique UNIQUE (name);


--
-- Name: entry_field position_is_unique_in_the_entry; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.entry_field
    ADD CONSTRAINT position_is_unique_in_the_entry UNIQUE (entry, "position");


--
-- Name: state state_pkey; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.state
    ADD CONSTRAINT state_pkey PRIMARY KEY (machine, state);


--
-- Name: transition transition_pkey; Type: CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.transition
    ADD CONSTRAINT transition_pkey PRIMARY KEY (machine, origin, to_state, via);


--
-- Name: shift_template code_is_unique_in_the_unit; Type: CONSTRAINT; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE ONLY corporate.shift_template
    ADD CONSTRAINT code_is_unique_in_the_unit UNIQUE (tenant_id, unit_id, code);


--
-- Name: roster roster_pkey; Type: CONSTRAINT; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE ONLY corporate.roster
    ADD CONSTRAINT roster_pkey PRIMARY KEY (tenant_id, template_id, on_date, subject_id);


--
-- Name: shift_template shift_template_pkey; Type: CONSTRAINT; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE ONLY corporate.shift_template
    ADD CONSTRAINT shift_template_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: user login_is_unique; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity."user"
    ADD CONSTRAINT login_is_unique UNIQUE (login);


--
-- Name: login_session login_session_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.login_session
    ADD CONSTRAINT login_session_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: membership member_number_is_unique_in_the_tenant; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.membership
    ADD CONSTRAINT member_number_is_unique_in_the_tenant UNIQUE (tenant_id, member_number);


--
-- Name: membership membership_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (tenant_id, user_id);


--
-- Name: role_grant nobody_holds_a_role_twice; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_grant
    ADD CONSTRAINT nobody_holds_a_role_twice EXCLUDE USING gist (tenant_id WITH =, user_id WITH =, role WITH =, COALESCE(unit_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, during WITH &&) WHERE ((revoked_at IS NULL));


--
-- Name: permission permission_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.permission
    ADD CONSTRAINT permission_pkey PRIMARY KEY (permission);


--
-- Name: platform_grant platform_grant_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.platform_grant
    ADD CONSTRAINT platform_grant_pkey PRIMARY KEY (user_id, id);


--
-- Name: platform_session platform_session_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.platform_session
    ADD CONSTRAINT platform_session_pkey PRIMARY KEY (user_id, id);


--
-- Name: platform_session platform_token_is_unique; Type: CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.platform_session
    ADD CONSTRAINT platform_token_is_unique UNIQUE (token_hash);


--
-- Name: role_grant role_grant_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_grant
    ADD CONSTRAINT role_grant_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: role_permission role_permission_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_permission
    ADD CONSTRAINT role_permission_pkey PRIMARY KEY (role, permission);


--
-- Name: role role_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (role);


--
-- Name: login_session token_is_unique; Type: CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.login_session
    ADD CONSTRAINT token_is_unique UNIQUE (tenant_id, token_hash);


--
-- Name: user user_pkey; Type: CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity."user"
    ADD CONSTRAINT user_pkey PRIMARY KEY (id);


--
-- Name: refusal refusal_is_kept_once; Type: CONSTRAINT; Schema: ledger; Owner: smartattend_ledger
--

ALTER TABLE ONLY ledger.refusal
    ADD CONSTRAINT refusal_is_kept_once UNIQUE NULLS NOT DISTINCT (tenant_id, key, payload_hash, code);


--
-- Name: refusal refusal_pkey; Type: CONSTRAINT; Schema: ledger; Owner: smartattend_ledger
--

ALTER TABLE ONLY ledger.refusal
    ADD CONSTRAINT refusal_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: course course_code_is_unique_in_the_site; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.course
    ADD CONSTRAINT course_code_is_unique_in_the_site UNIQUE (tenant_id, site_id, code);


--
-- Name: course course_pkey; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.course
    ADD CONSTRAINT course_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: enrolment enrolment_is_unique_by_its_start; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.enrolment
    ADD CONSTRAINT enrolment_is_unique_by_its_start UNIQUE (tenant_id, unit_id, subject_id, starts_on);


--
-- Name: enrolment enrolment_pkey; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.enrolment
    ADD CONSTRAINT enrolment_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: enrolment enrolments_do_not_overlap; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.enrolment
    ADD CONSTRAINT enrolments_do_not_overlap EXCLUDE USING gist (tenant_id WITH =, unit_id WITH =, subject_id WITH =, daterange(starts_on, ends_on) WITH &&);


--
-- Name: section section_pkey; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.section
    ADD CONSTRAINT section_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: course site_is_referenced_with_the_course; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.course
    ADD CONSTRAINT site_is_referenced_with_the_course UNIQUE (tenant_id, id, site_id);


--
-- Name: term site_is_referenced_with_the_term; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.term
    ADD CONSTRAINT site_is_referenced_with_the_term UNIQUE (tenant_id, id, site_id);


--
-- Name: timetable slot_is_unique_in_the_unit; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.timetable
    ADD CONSTRAINT slot_is_unique_in_the_unit UNIQUE (tenant_id, unit_id, kind, weekday, local_start, valid_from);


--
-- Name: timetable slots_of_a_unit_do_not_overlap; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.timetable
    ADD CONSTRAINT slots_of_a_unit_do_not_overlap EXCLUDE USING gist (tenant_id WITH =, unit_id WITH =, kind WITH =, weekday WITH =, daterange(valid_from, valid_until) WITH &&, int4range((EXTRACT(epoch FROM local_start))::integer, (EXTRACT(epoch FROM local_end))::integer) WITH &&);


--
-- Name: term term_code_is_unique_in_the_site; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.term
    ADD CONSTRAINT term_code_is_unique_in_the_site UNIQUE (tenant_id, site_id, code);


--
-- Name: term term_pkey; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.term
    ADD CONSTRAINT term_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: timetable timetable_pkey; Type: CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.timetable
    ADD CONSTRAINT timetable_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: judgement a_function_judges_once; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.judgement
    ADD CONSTRAINT a_function_judges_once UNIQUE (function_name);


--
-- Name: call call_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.call
    ADD CONSTRAINT call_pkey PRIMARY KEY (tenant_id, run_id, number);


--
-- Name: check check_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation."check"
    ADD CONSTRAINT check_pkey PRIMARY KEY (tenant_id, run_id, scenario, judgement);


--
-- Name: fault fault_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.fault
    ADD CONSTRAINT fault_pkey PRIMARY KEY (tenant_id, run_id, scenario, fault);


--
-- Name: issue issue_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.issue
    ADD CONSTRAINT issue_pkey PRIMARY KEY (tenant_id, run_id, scenario, ordinal);


--
-- Name: judgement judgement_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.judgement
    ADD CONSTRAINT judgement_pkey PRIMARY KEY (judgement);


--
-- Name: run run_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: run_transition run_transition_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.run_transition
    ADD CONSTRAINT run_transition_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: scenario scenario_pkey; Type: CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.scenario
    ADD CONSTRAINT scenario_pkey PRIMARY KEY (tenant_id, run_id, scenario);


--
-- Name: unit code_is_unique_in_the_site; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.unit
    ADD CONSTRAINT code_is_unique_in_the_site UNIQUE (tenant_id, site_id, code);


--
-- Name: site code_is_unique_in_the_tenant; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.site
    ADD CONSTRAINT code_is_unique_in_the_tenant UNIQUE (tenant_id, code);


--
-- Name: gate gate_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.gate
    ADD CONSTRAINT gate_pkey PRIMARY KEY (state);


--
-- Name: unit kind_and_site_are_referenced; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.unit
    ADD CONSTRAINT kind_and_site_are_referenced UNIQUE (tenant_id, id, site_id, kind);


--
-- Name: CONSTRAINT kind_and_site_are_referenced ON unit; Type: COMMENT; Schema: tenancy; Owner: smartattend_owner
--

COMMENT ON CONSTRAINT kind_and_site_are_referenced ON tenancy.unit IS 'So that a foreign key can demand a unit of a kind and a site: a school section is a class group of the site of its course and term.';


--
-- Name: platform platform_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.platform
    ADD CONSTRAINT platform_pkey PRIMARY KEY (platform);


--
-- Name: setting setting_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (tenant_id);


--
-- Name: site site_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: tenant slug_is_unique; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.tenant
    ADD CONSTRAINT slug_is_unique UNIQUE (slug);


--
-- Name: tenant tenant_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (tenant_id);


--
-- Name: tenant_transition tenant_transition_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.tenant_transition
    ADD CONSTRAINT tenant_transition_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: unit unit_pkey; Type: CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.unit
    ADD CONSTRAINT unit_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: device code_is_unique_in_the_tenant; Type: CONSTRAINT; Schema: timing; Owner: smartattend_owner
--

ALTER TABLE ONLY timing.device
    ADD CONSTRAINT code_is_unique_in_the_tenant UNIQUE (tenant_id, code);


--
-- Name: device device_pkey; Type: CONSTRAINT; Schema: timing; Owner: smartattend_owner
--

ALTER TABLE ONLY timing.device
    ADD CONSTRAINT device_pkey PRIMARY KEY (tenant_id, id);


--
-- Name: a_category_has_one_default; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE UNIQUE INDEX a_category_has_one_default ON attendance.code USING btree (tenant_id, category) WHERE is_default;


--
-- Name: a_person_has_one_open_record; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE UNIQUE INDEX a_person_has_one_open_record ON attendance.record USING btree (tenant_id, subject_id) WHERE is_open;


--
-- Name: a_person_has_one_record_in_a_session; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE UNIQUE INDEX a_person_has_one_record_in_a_session ON attendance.record USING btree (tenant_id, session_id, subject_id) WHERE ((state)::text <> 'voided'::text);


--
-- Name: expectation_subject_opens_at; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE INDEX expectation_subject_opens_at ON attendance.expectation USING btree (tenant_id, subject_id, opens_at);


--
-- Name: record_subject_business_date; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE INDEX record_subject_business_date ON attendance.record USING btree (tenant_id, subject_id, business_date);


--
-- Name: register_transition_object; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE INDEX register_transition_object ON attendance.register_transition USING btree (tenant_id, object_id);


--
-- Name: session_business_date; Type: INDEX; Schema: attendance; Owner: smartattend_owner
--

CREATE INDEX session_business_date ON attendance.session USING btree (tenant_id, business_date, unit_id);


--
-- Name: roster_subject; Type: INDEX; Schema: corporate; Owner: smartattend_owner
--

CREATE INDEX roster_subject ON corporate.roster USING btree (tenant_id, subject_id);


--
-- Name: a_person_has_one_live_platform_session; Type: INDEX; Schema: identity; Owner: smartattend_session
--

CREATE UNIQUE INDEX a_person_has_one_live_platform_session ON identity.platform_session USING btree (user_id) WHERE (revoked_at IS NULL);


--
-- Name: login_session_member; Type: INDEX; Schema: identity; Owner: smartattend_session
--

CREATE INDEX login_session_member ON identity.login_session USING btree (tenant_id, user_id);


--
-- Name: membership_user; Type: INDEX; Schema: identity; Owner: smartattend_owner
--

CREATE INDEX membership_user ON identity.membership USING btree (user_id);


--
-- Name: nobody_holds_a_platform_role_twice; Type: INDEX; Schema: identity; Owner: smartattend_owner
--

CREATE UNIQUE INDEX nobody_holds_a_platform_role_twice ON identity.platform_grant USING btree (user_id, role) WHERE (revoked_at IS NULL);


--
-- Name: role_grant_unit; Type: INDEX; Schema: identity; Owner: smartattend_owner
--

CREATE INDEX role_grant_unit ON identity.role_grant USING btree (tenant_id, unit_id);


--
-- Name: role_grant_user; Type: INDEX; Schema: identity; Owner: smartattend_owner
--

CREATE INDEX role_grant_user ON identity.role_grant USING btree (tenant_id, user_id, starts_at);


--
-- Name: enrolment_subject; Type: INDEX; Schema: school; Owner: smartattend_owner
--

CREATE INDEX enrolment_subject ON school.enrolment USING btree (tenant_id, subject_id);


--
-- Name: section_course; Type: INDEX; Schema: school; Owner: smartattend_owner
--

CREATE INDEX section_course ON school.section USING btree (tenant_id, course_id, site_id);


--
-- Name: section_term; Type: INDEX; Schema: school; Owner: smartattend_owner
--

CREATE INDEX section_term ON school.section USING btree (tenant_id, term_id, site_id);


--
-- Name: call_key; Type: INDEX; Schema: simulation; Owner: smartattend_owner
--

CREATE INDEX call_key ON simulation.call USING btree (tenant_id, run_id, key);


--
-- Name: check_judgement; Type: INDEX; Schema: simulation; Owner: smartattend_owner
--

CREATE INDEX check_judgement ON simulation."check" USING btree (judgement);


--
-- Name: run_transition_object; Type: INDEX; Schema: simulation; Owner: smartattend_owner
--

CREATE INDEX run_transition_object ON simulation.run_transition USING btree (tenant_id, object_id);


--
-- Name: a_site_has_one_root; Type: INDEX; Schema: tenancy; Owner: smartattend_owner
--

CREATE UNIQUE INDEX a_site_has_one_root ON tenancy.unit USING btree (tenant_id, site_id) WHERE (kind = 'site'::text);


--
-- Name: unit_parent; Type: INDEX; Schema: tenancy; Owner: smartattend_owner
--

CREATE INDEX unit_parent ON tenancy.unit USING btree (tenant_id, parent_id);


--
-- Name: device_site; Type: INDEX; Schema: timing; Owner: smartattend_owner
--

CREATE INDEX device_site ON timing.device USING btree (tenant_id, site_id);


--
-- Name: code code_100_kept; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER code_100_kept BEFORE DELETE ON attendance.code FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.code ENABLE ALWAYS TRIGGER code_100_kept;


--
-- Name: code code_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER code_100_no_truncate BEFORE TRUNCATE ON attendance.code FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.code ENABLE ALWAYS TRIGGER code_100_no_truncate;


--
-- Name: event event_100_append_only; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER event_100_append_only BEFORE DELETE OR UPDATE ON attendance.event FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE attendance.event ENABLE ALWAYS TRIGGER event_100_append_only;


--
-- Name: event event_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER event_100_no_truncate BEFORE TRUNCATE ON attendance.event FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE attendance.event ENABLE ALWAYS TRIGGER event_100_no_truncate;


--
-- Name: expectation expectation_100_kept; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER expectation_100_kept BEFORE DELETE ON attendance.expectation FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.expectation ENABLE ALWAYS TRIGGER expectation_100_kept;


--
-- Name: expectation expectation_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER expectation_100_no_truncate BEFORE TRUNCATE ON attendance.expectation FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.expectation ENABLE ALWAYS TRIGGER expectation_100_no_truncate;


--
-- Name: record record_100_kept; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER record_100_kept BEFORE DELETE ON attendance.record FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.record ENABLE ALWAYS TRIGGER record_100_kept;


--
-- Name: record record_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER record_100_no_truncate BEFORE TRUNCATE ON attendance.record FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.record ENABLE ALWAYS TRIGGER record_100_no_truncate;


--
-- Name: record record_800_judge_transition; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER record_800_judge_transition AFTER INSERT OR UPDATE ON attendance.record FOR EACH ROW EXECUTE FUNCTION core.judge_transition('attendance_record', 'kept_as_events');

ALTER TABLE attendance.record ENABLE ALWAYS TRIGGER record_800_judge_transition;


--
-- Name: register register_100_kept; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER register_100_kept BEFORE DELETE ON attendance.register FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.register ENABLE ALWAYS TRIGGER register_100_kept;


--
-- Name: register register_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER register_100_no_truncate BEFORE TRUNCATE ON attendance.register FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.register ENABLE ALWAYS TRIGGER register_100_no_truncate;


--
-- Name: register register_800_judge_transition; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER register_800_judge_transition AFTER INSERT OR UPDATE ON attendance.register FOR EACH ROW EXECUTE FUNCTION core.judge_transition('register', 'session_id');

ALTER TABLE attendance.register ENABLE ALWAYS TRIGGER register_800_judge_transition;


--
-- Name: register_transition register_transition_100_append_only; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER register_transition_100_append_only BEFORE DELETE OR UPDATE ON attendance.register_transition FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE attendance.register_transition ENABLE ALWAYS TRIGGER register_transition_100_append_only;


--
-- Name: register_transition register_transition_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER register_transition_100_no_truncate BEFORE TRUNCATE ON attendance.register_transition FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE attendance.register_transition ENABLE ALWAYS TRIGGER register_transition_100_no_truncate;


--
-- Name: session session_100_kept; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER session_100_kept BEFORE DELETE ON attendance.session FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.session ENABLE ALWAYS TRIGGER session_100_kept;


--
-- Name: session session_100_no_truncate; Type: TRIGGER; Schema: attendance; Owner: smartattend_owner
--

CREATE TRIGGER session_100_no_truncate BEFORE TRUNCATE ON attendance.session FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE attendance.session ENABLE ALWAYS TRIGGER session_100_no_truncate;


--
-- Name: idempotency idempotency_100_filled_once; Type: TRIGGER; Schema: core; Owner: smartattend_owner
--

CREATE TRIGGER idempotency_100_filled_once BEFORE DELETE OR UPDATE ON core.idempotency FOR EACH ROW EXECUTE FUNCTION core.guard_idempotency();

ALTER TABLE core.idempotency ENABLE ALWAYS TRIGGER idempotency_100_filled_once;


--
-- Name: idempotency idempotency_100_no_truncate; Type: TRIGGER; Schema: core; Owner: smartattend_owner
--

CREATE TRIGGER idempotency_100_no_truncate BEFORE TRUNCATE ON core.idempotency FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE core.idempotency ENABLE ALWAYS TRIGGER idempotency_100_no_truncate;


--
-- Name: roster roster_100_kept; Type: TRIGGER; Schema: corporate; Owner: smartattend_owner
--

CREATE TRIGGER roster_100_kept BEFORE DELETE ON corporate.roster FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE corporate.roster ENABLE ALWAYS TRIGGER roster_100_kept;


--
-- Name: roster roster_100_no_truncate; Type: TRIGGER; Schema: corporate; Owner: smartattend_owner
--

CREATE TRIGGER roster_100_no_truncate BEFORE TRUNCATE ON corporate.roster FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE corporate.roster ENABLE ALWAYS TRIGGER roster_100_no_truncate;


--
-- Name: shift_template shift_template_100_kept; Type: TRIGGER; Schema: corporate; Owner: smartattend_owner
--

CREATE TRIGGER shift_template_100_kept BEFORE DELETE ON corporate.shift_template FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE corporate.shift_template ENABLE ALWAYS TRIGGER shift_template_100_kept;


--
-- Name: shift_template shift_template_100_no_truncate; Type: TRIGGER; Schema: corporate; Owner: smartattend_owner
--

CREATE TRIGGER shift_template_100_no_truncate BEFORE TRUNCATE ON corporate.shift_template FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE corporate.shift_template ENABLE ALWAYS TRIGGER shift_template_100_no_truncate;


--
-- Name: login_session login_session_100_kept; Type: TRIGGER; Schema: identity; Owner: smartattend_session
--

CREATE TRIGGER login_session_100_kept BEFORE DELETE ON identity.login_session FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.login_session ENABLE ALWAYS TRIGGER login_session_100_kept;


--
-- Name: login_session login_session_100_no_truncate; Type: TRIGGER; Schema: identity; Owner: smartattend_session
--

CREATE TRIGGER login_session_100_no_truncate BEFORE TRUNCATE ON identity.login_session FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.login_session ENABLE ALWAYS TRIGGER login_session_100_no_truncate;


--
-- Name: membership membership_100_kept; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER membership_100_kept BEFORE DELETE ON identity.membership FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.membership ENABLE ALWAYS TRIGGER membership_100_kept;


--
-- Name: membership membership_100_no_truncate; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER membership_100_no_truncate BEFORE TRUNCATE ON identity.membership FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.membership ENABLE ALWAYS TRIGGER membership_100_no_truncate;


--
-- Name: platform_grant platform_grant_100_kept; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER platform_grant_100_kept BEFORE DELETE ON identity.platform_grant FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.platform_grant ENABLE ALWAYS TRIGGER platform_grant_100_kept;


--
-- Name: platform_grant platform_grant_100_no_truncate; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER platform_grant_100_no_truncate BEFORE TRUNCATE ON identity.platform_grant FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.platform_grant ENABLE ALWAYS TRIGGER platform_grant_100_no_truncate;


--
-- Name: platform_session platform_session_100_kept; Type: TRIGGER; Schema: identity; Owner: smartattend_session
--

CREATE TRIGGER platform_session_100_kept BEFORE DELETE ON identity.platform_session FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.platform_session ENABLE ALWAYS TRIGGER platform_session_100_kept;


--
-- Name: platform_session platform_session_100_no_truncate; Type: TRIGGER; Schema: identity; Owner: smartattend_session
--

CREATE TRIGGER platform_session_100_no_truncate BEFORE TRUNCATE ON identity.platform_session FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.platform_session ENABLE ALWAYS TRIGGER platform_session_100_no_truncate;


--
-- Name: role_grant role_grant_100_kept; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER role_grant_100_kept BEFORE DELETE ON identity.role_grant FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.role_grant ENABLE ALWAYS TRIGGER role_grant_100_kept;


--
-- Name: role_grant role_grant_100_no_truncate; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER role_grant_100_no_truncate BEFORE TRUNCATE ON identity.role_grant FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity.role_grant ENABLE ALWAYS TRIGGER role_grant_100_no_truncate;


--
-- Name: user user_100_kept; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER user_100_kept BEFORE DELETE ON identity."user" FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity."user" ENABLE ALWAYS TRIGGER user_100_kept;


--
-- Name: user user_100_no_truncate; Type: TRIGGER; Schema: identity; Owner: smartattend_owner
--

CREATE TRIGGER user_100_no_truncate BEFORE TRUNCATE ON identity."user" FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE identity."user" ENABLE ALWAYS TRIGGER user_100_no_truncate;


--
-- Name: refusal refusal_100_append_only; Type: TRIGGER; Schema: ledger; Owner: smartattend_ledger
--

CREATE TRIGGER refusal_100_append_only BEFORE DELETE OR UPDATE ON ledger.refusal FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE ledger.refusal ENABLE ALWAYS TRIGGER refusal_100_append_only;


--
-- Name: refusal refusal_100_no_truncate; Type: TRIGGER; Schema: ledger; Owner: smartattend_ledger
--

CREATE TRIGGER refusal_100_no_truncate BEFORE TRUNCATE ON ledger.refusal FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE ledger.refusal ENABLE ALWAYS TRIGGER refusal_100_no_truncate;


--
-- Name: course course_100_kept; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER course_100_kept BEFORE DELETE ON school.course FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.course ENABLE ALWAYS TRIGGER course_100_kept;


--
-- Name: course course_100_no_truncate; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER course_100_no_truncate BEFORE TRUNCATE ON school.course FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.course ENABLE ALWAYS TRIGGER course_100_no_truncate;


--
-- Name: enrolment enrolment_100_kept; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER enrolment_100_kept BEFORE DELETE ON school.enrolment FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.enrolment ENABLE ALWAYS TRIGGER enrolment_100_kept;


--
-- Name: enrolment enrolment_100_no_truncate; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER enrolment_100_no_truncate BEFORE TRUNCATE ON school.enrolment FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.enrolment ENABLE ALWAYS TRIGGER enrolment_100_no_truncate;


--
-- Name: section section_100_kept; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER section_100_kept BEFORE DELETE ON school.section FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.section ENABLE ALWAYS TRIGGER section_100_kept;


--
-- Name: section section_100_no_truncate; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER section_100_no_truncate BEFORE TRUNCATE ON school.section FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.section ENABLE ALWAYS TRIGGER section_100_no_truncate;


--
-- Name: term term_100_kept; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER term_100_kept BEFORE DELETE ON school.term FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.term ENABLE ALWAYS TRIGGER term_100_kept;


--
-- Name: term term_100_no_truncate; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER term_100_no_truncate BEFORE TRUNCATE ON school.term FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.term ENABLE ALWAYS TRIGGER term_100_no_truncate;


--
-- Name: timetable timetable_100_kept; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER timetable_100_kept BEFORE DELETE ON school.timetable FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.timetable ENABLE ALWAYS TRIGGER timetable_100_kept;


--
-- Name: timetable timetable_100_no_truncate; Type: TRIGGER; Schema: school; Owner: smartattend_owner
--

CREATE TRIGGER timetable_100_no_truncate BEFORE TRUNCATE ON school.timetable FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE school.timetable ENABLE ALWAYS TRIGGER timetable_100_no_truncate;


--
-- Name: call call_100_append_only; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER call_100_append_only BEFORE DELETE OR UPDATE ON simulation.call FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.call ENABLE ALWAYS TRIGGER call_100_append_only;


--
-- Name: call call_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER call_100_no_truncate BEFORE TRUNCATE ON simulation.call FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.call ENABLE ALWAYS TRIGGER call_100_no_truncate;


--
-- Name: check check_100_append_only; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER check_100_append_only BEFORE DELETE OR UPDATE ON simulation."check" FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation."check" ENABLE ALWAYS TRIGGER check_100_append_only;


--
-- Name: check check_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER check_100_no_truncate BEFORE TRUNCATE ON simulation."check" FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation."check" ENABLE ALWAYS TRIGGER check_100_no_truncate;


--
-- Name: fault fault_100_append_only; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER fault_100_append_only BEFORE DELETE OR UPDATE ON simulation.fault FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.fault ENABLE ALWAYS TRIGGER fault_100_append_only;


--
-- Name: fault fault_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER fault_100_no_truncate BEFORE TRUNCATE ON simulation.fault FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.fault ENABLE ALWAYS TRIGGER fault_100_no_truncate;


--
-- Name: issue issue_100_append_only; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER issue_100_append_only BEFORE DELETE OR UPDATE ON simulation.issue FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.issue ENABLE ALWAYS TRIGGER issue_100_append_only;


--
-- Name: issue issue_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER issue_100_no_truncate BEFORE TRUNCATE ON simulation.issue FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.issue ENABLE ALWAYS TRIGGER issue_100_no_truncate;


--
-- Name: run run_100_guard; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER run_100_guard AFTER INSERT OR UPDATE ON simulation.run FOR EACH ROW EXECUTE FUNCTION simulation.guard_run();

ALTER TABLE simulation.run ENABLE ALWAYS TRIGGER run_100_guard;


--
-- Name: run run_100_kept; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER run_100_kept BEFORE DELETE ON simulation.run FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE simulation.run ENABLE ALWAYS TRIGGER run_100_kept;


--
-- Name: run run_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER run_100_no_truncate BEFORE TRUNCATE ON simulation.run FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE simulation.run ENABLE ALWAYS TRIGGER run_100_no_truncate;


--
-- Name: run run_800_judge_transition; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER run_800_judge_transition AFTER INSERT OR UPDATE ON simulation.run FOR EACH ROW EXECUTE FUNCTION core.judge_transition('simulation_run', 'id');

ALTER TABLE simulation.run ENABLE ALWAYS TRIGGER run_800_judge_transition;


--
-- Name: run_transition run_transition_100_append_only; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER run_transition_100_append_only BEFORE DELETE OR UPDATE ON simulation.run_transition FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.run_transition ENABLE ALWAYS TRIGGER run_transition_100_append_only;


--
-- Name: run_transition run_transition_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER run_transition_100_no_truncate BEFORE TRUNCATE ON simulation.run_transition FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.run_transition ENABLE ALWAYS TRIGGER run_transition_100_no_truncate;


--
-- Name: scenario scenario_100_append_only; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER scenario_100_append_only BEFORE DELETE OR UPDATE ON simulation.scenario FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.scenario ENABLE ALWAYS TRIGGER scenario_100_append_only;


--
-- Name: scenario scenario_100_no_truncate; Type: TRIGGER; Schema: simulation; Owner: smartattend_owner
--

CREATE TRIGGER scenario_100_no_truncate BEFORE TRUNCATE ON simulation.scenario FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE simulation.scenario ENABLE ALWAYS TRIGGER scenario_100_no_truncate;


--
-- Name: site site_100_kept; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER site_100_kept BEFORE DELETE ON tenancy.site FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE tenancy.site ENABLE ALWAYS TRIGGER site_100_kept;


--
-- Name: site site_100_no_truncate; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER site_100_no_truncate BEFORE TRUNCATE ON tenancy.site FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE tenancy.site ENABLE ALWAYS TRIGGER site_100_no_truncate;


--
-- Name: site site_500_make_root_unit; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER site_500_make_root_unit AFTER INSERT ON tenancy.site FOR EACH ROW EXECUTE FUNCTION tenancy.make_root_unit();


--
-- Name: tenant tenant_100_kept; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER tenant_100_kept BEFORE DELETE ON tenancy.tenant FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE tenancy.tenant ENABLE ALWAYS TRIGGER tenant_100_kept;


--
-- Name: tenant tenant_100_no_truncate; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER tenant_100_no_truncate BEFORE TRUNCATE ON tenancy.tenant FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE tenancy.tenant ENABLE ALWAYS TRIGGER tenant_100_no_truncate;


--
-- Name: tenant tenant_500_make_setting; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER tenant_500_make_setting AFTER INSERT ON tenancy.tenant FOR EACH ROW EXECUTE FUNCTION tenancy.make_setting();


--
-- Name: tenant tenant_800_judge_transition; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER tenant_800_judge_transition AFTER INSERT OR UPDATE ON tenancy.tenant FOR EACH ROW EXECUTE FUNCTION core.judge_transition('tenant', 'tenant_id');

ALTER TABLE tenancy.tenant ENABLE ALWAYS TRIGGER tenant_800_judge_transition;


--
-- Name: tenant_transition tenant_transition_100_append_only; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER tenant_transition_100_append_only BEFORE DELETE OR UPDATE ON tenancy.tenant_transition FOR EACH ROW EXECUTE FUNCTION core.refuse_change();

ALTER TABLE tenancy.tenant_transition ENABLE ALWAYS TRIGGER tenant_transition_100_append_only;


--
-- Name: tenant_transition tenant_transition_100_no_truncate; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER tenant_transition_100_no_truncate BEFORE TRUNCATE ON tenancy.tenant_transition FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change();

ALTER TABLE tenancy.tenant_transition ENABLE ALWAYS TRIGGER tenant_transition_100_no_truncate;


--
-- Name: unit unit_100_kept; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER unit_100_kept BEFORE DELETE ON tenancy.unit FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE tenancy.unit ENABLE ALWAYS TRIGGER unit_100_kept;


--
-- Name: unit unit_100_no_truncate; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER unit_100_no_truncate BEFORE TRUNCATE ON tenancy.unit FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE tenancy.unit ENABLE ALWAYS TRIGGER unit_100_no_truncate;


--
-- Name: unit unit_500_derive_ancestors; Type: TRIGGER; Schema: tenancy; Owner: smartattend_owner
--

CREATE TRIGGER unit_500_derive_ancestors BEFORE INSERT OR UPDATE ON tenancy.unit FOR EACH ROW EXECUTE FUNCTION tenancy.derive_ancestors();


--
-- Name: device device_100_kept; Type: TRIGGER; Schema: timing; Owner: smartattend_owner
--

CREATE TRIGGER device_100_kept BEFORE DELETE ON timing.device FOR EACH ROW EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE timing.device ENABLE ALWAYS TRIGGER device_100_kept;


--
-- Name: device device_100_no_truncate; Type: TRIGGER; Schema: timing; Owner: smartattend_owner
--

CREATE TRIGGER device_100_no_truncate BEFORE TRUNCATE ON timing.device FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change('kept');

ALTER TABLE timing.device ENABLE ALWAYS TRIGGER device_100_no_truncate;


--
-- Name: code code_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.code
    ADD CONSTRAINT code_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: code code_has_a_category; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.code
    ADD CONSTRAINT code_has_a_category FOREIGN KEY (category) REFERENCES attendance.category(category);


--
-- Name: code code_names_a_permission; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.code
    ADD CONSTRAINT code_names_a_permission FOREIGN KEY (permission) REFERENCES identity.permission(permission);


--
-- Name: event event_comes_from_a_device; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.event
    ADD CONSTRAINT event_comes_from_a_device FOREIGN KEY (tenant_id, device_id) REFERENCES timing.device(tenant_id, id);


--
-- Name: event event_has_a_code; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.event
    ADD CONSTRAINT event_has_a_code FOREIGN KEY (tenant_id, code) REFERENCES attendance.code(tenant_id, code);


--
-- Name: event event_is_about_a_member; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.event
    ADD CONSTRAINT event_is_about_a_member FOREIGN KEY (tenant_id, subject_id) REFERENCES identity.membership(tenant_id, user_id);


--
-- Name: event event_is_in_a_session; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.event
    ADD CONSTRAINT event_is_in_a_session FOREIGN KEY (tenant_id, session_id) REFERENCES attendance.session(tenant_id, id);


--
-- Name: record every_revision_is_an_event; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.record
    ADD CONSTRAINT every_revision_is_an_event FOREIGN KEY (tenant_id, id, revision) REFERENCES attendance.event(tenant_id, record_id, revision);


--
-- Name: expectation expectation_is_for_a_session; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.expectation
    ADD CONSTRAINT expectation_is_for_a_session FOREIGN KEY (tenant_id, session_id) REFERENCES attendance.session(tenant_id, id);


--
-- Name: expectation expectation_is_of_a_member; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.expectation
    ADD CONSTRAINT expectation_is_of_a_member FOREIGN KEY (tenant_id, subject_id) REFERENCES identity.membership(tenant_id, user_id);


--
-- Name: record it_replaces_a_record; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.record
    ADD CONSTRAINT it_replaces_a_record FOREIGN KEY (tenant_id, replaces_id) REFERENCES attendance.record(tenant_id, id);


--
-- Name: register register_belongs_to_a_session; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.register
    ADD CONSTRAINT register_belongs_to_a_session FOREIGN KEY (tenant_id, session_id) REFERENCES attendance.session(tenant_id, id);


--
-- Name: session session_belongs_to_a_site; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.session
    ADD CONSTRAINT session_belongs_to_a_site FOREIGN KEY (tenant_id, site_id) REFERENCES tenancy.site(tenant_id, id);


--
-- Name: session session_belongs_to_a_unit; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.session
    ADD CONSTRAINT session_belongs_to_a_unit FOREIGN KEY (tenant_id, unit_id) REFERENCES tenancy.unit(tenant_id, id);


--
-- Name: register_transition transition_belongs_to_a_register; Type: FK CONSTRAINT; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE ONLY attendance.register_transition
    ADD CONSTRAINT transition_belongs_to_a_register FOREIGN KEY (tenant_id, object_id) REFERENCES attendance.register(tenant_id, session_id);


--
-- Name: transition it_ends_at_a_state; Type: FK CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.transition
    ADD CONSTRAINT it_ends_at_a_state FOREIGN KEY (machine, to_state) REFERENCES core.state(machine, state);


--
-- Name: transition it_starts_at_a_state; Type: FK CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.transition
    ADD CONSTRAINT it_starts_at_a_state FOREIGN KEY (machine, from_state) REFERENCES core.state(machine, state);


--
-- Name: state state_belongs_to_a_machine; Type: FK CONSTRAINT; Schema: core; Owner: smartattend_owner
--

ALTER TABLE ONLY core.state
    ADD CONSTRAINT state_belongs_to_a_machine FOREIGN KEY (machine) REFERENCES core.machine(machine);


--
-- Name: roster roster_is_for_a_member; Type: FK CONSTRAINT; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE ONLY corporate.roster
    ADD CONSTRAINT roster_is_for_a_member FOREIGN KEY (tenant_id, subject_id) REFERENCES identity.membership(tenant_id, user_id);


--
-- Name: roster roster_is_for_a_shift; Type: FK CONSTRAINT; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE ONLY corporate.roster
    ADD CONSTRAINT roster_is_for_a_shift FOREIGN KEY (tenant_id, template_id) REFERENCES corporate.shift_template(tenant_id, id);


--
-- Name: shift_template shift_belongs_to_a_unit; Type: FK CONSTRAINT; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE ONLY corporate.shift_template
    ADD CONSTRAINT shift_belongs_to_a_unit FOREIGN KEY (tenant_id, unit_id) REFERENCES tenancy.unit(tenant_id, id);


--
-- Name: role_grant grant_belongs_to_a_member; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_grant
    ADD CONSTRAINT grant_belongs_to_a_member FOREIGN KEY (tenant_id, user_id) REFERENCES identity.membership(tenant_id, user_id);


--
-- Name: role_grant grant_names_a_role; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_grant
    ADD CONSTRAINT grant_names_a_role FOREIGN KEY (role) REFERENCES identity.role(role);


--
-- Name: role_permission it_belongs_to_a_role; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_permission
    ADD CONSTRAINT it_belongs_to_a_role FOREIGN KEY (role) REFERENCES identity.role(role);


--
-- Name: role_permission it_names_a_permission; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_permission
    ADD CONSTRAINT it_names_a_permission FOREIGN KEY (permission) REFERENCES identity.permission(permission);


--
-- Name: membership membership_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.membership
    ADD CONSTRAINT membership_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: membership membership_belongs_to_a_user; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.membership
    ADD CONSTRAINT membership_belongs_to_a_user FOREIGN KEY (user_id) REFERENCES identity."user"(id);


--
-- Name: platform_grant platform_grant_belongs_to_a_user; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.platform_grant
    ADD CONSTRAINT platform_grant_belongs_to_a_user FOREIGN KEY (user_id) REFERENCES identity."user"(id);


--
-- Name: platform_grant platform_grant_names_a_role; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.platform_grant
    ADD CONSTRAINT platform_grant_names_a_role FOREIGN KEY (role) REFERENCES identity.role(role);


--
-- Name: platform_session platform_session_belongs_to_a_user; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.platform_session
    ADD CONSTRAINT platform_session_belongs_to_a_user FOREIGN KEY (user_id) REFERENCES identity."user"(id);


--
-- Name: role_grant scope_is_a_unit; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE ONLY identity.role_grant
    ADD CONSTRAINT scope_is_a_unit FOREIGN KEY (tenant_id, unit_id) REFERENCES tenancy.unit(tenant_id, id);


--
-- Name: login_session session_belongs_to_a_member; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.login_session
    ADD CONSTRAINT session_belongs_to_a_member FOREIGN KEY (tenant_id, user_id) REFERENCES identity.membership(tenant_id, user_id);


--
-- Name: login_session session_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: identity; Owner: smartattend_session
--

ALTER TABLE ONLY identity.login_session
    ADD CONSTRAINT session_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: course course_belongs_to_a_site; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.course
    ADD CONSTRAINT course_belongs_to_a_site FOREIGN KEY (tenant_id, site_id) REFERENCES tenancy.site(tenant_id, id);


--
-- Name: section course_is_of_the_same_site; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.section
    ADD CONSTRAINT course_is_of_the_same_site FOREIGN KEY (tenant_id, course_id, site_id) REFERENCES school.course(tenant_id, id, site_id);


--
-- Name: enrolment enrolment_is_in_a_unit; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.enrolment
    ADD CONSTRAINT enrolment_is_in_a_unit FOREIGN KEY (tenant_id, unit_id) REFERENCES tenancy.unit(tenant_id, id);


--
-- Name: enrolment enrolment_is_of_a_member; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.enrolment
    ADD CONSTRAINT enrolment_is_of_a_member FOREIGN KEY (tenant_id, subject_id) REFERENCES identity.membership(tenant_id, user_id);


--
-- Name: section section_is_a_class_group; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.section
    ADD CONSTRAINT section_is_a_class_group FOREIGN KEY (tenant_id, id, site_id, unit_kind) REFERENCES tenancy.unit(tenant_id, id, site_id, kind);


--
-- Name: term term_belongs_to_a_site; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.term
    ADD CONSTRAINT term_belongs_to_a_site FOREIGN KEY (tenant_id, site_id) REFERENCES tenancy.site(tenant_id, id);


--
-- Name: section term_is_of_the_same_site; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.section
    ADD CONSTRAINT term_is_of_the_same_site FOREIGN KEY (tenant_id, term_id, site_id) REFERENCES school.term(tenant_id, id, site_id);


--
-- Name: timetable timetable_belongs_to_a_unit; Type: FK CONSTRAINT; Schema: school; Owner: smartattend_owner
--

ALTER TABLE ONLY school.timetable
    ADD CONSTRAINT timetable_belongs_to_a_unit FOREIGN KEY (tenant_id, unit_id) REFERENCES tenancy.unit(tenant_id, id);


--
-- Name: call call_belongs_to_a_run; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.call
    ADD CONSTRAINT call_belongs_to_a_run FOREIGN KEY (tenant_id, run_id) REFERENCES simulation.run(tenant_id, id);


--
-- Name: check check_belongs_to_a_scenario; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation."check"
    ADD CONSTRAINT check_belongs_to_a_scenario FOREIGN KEY (tenant_id, run_id, scenario) REFERENCES simulation.scenario(tenant_id, run_id, scenario);


--
-- Name: check check_is_a_judgement; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation."check"
    ADD CONSTRAINT check_is_a_judgement FOREIGN KEY (judgement) REFERENCES simulation.judgement(judgement);


--
-- Name: fault fault_belongs_to_a_scenario; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.fault
    ADD CONSTRAINT fault_belongs_to_a_scenario FOREIGN KEY (tenant_id, run_id, scenario) REFERENCES simulation.scenario(tenant_id, run_id, scenario);


--
-- Name: issue issue_belongs_to_a_scenario; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.issue
    ADD CONSTRAINT issue_belongs_to_a_scenario FOREIGN KEY (tenant_id, run_id, scenario) REFERENCES simulation.scenario(tenant_id, run_id, scenario);


--
-- Name: run run_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.run
    ADD CONSTRAINT run_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: scenario scenario_belongs_to_a_run; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.scenario
    ADD CONSTRAINT scenario_belongs_to_a_run FOREIGN KEY (tenant_id, run_id) REFERENCES simulation.run(tenant_id, id);


--
-- Name: run_transition transition_belongs_to_a_run; Type: FK CONSTRAINT; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE ONLY simulation.run_transition
    ADD CONSTRAINT transition_belongs_to_a_run FOREIGN KEY (tenant_id, object_id) REFERENCES simulation.run(tenant_id, id);


--
-- Name: setting setting_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.setting
    ADD CONSTRAINT setting_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: site site_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.site
    ADD CONSTRAINT site_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: gate state_is_a_tenant_state; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.gate
    ADD CONSTRAINT state_is_a_tenant_state FOREIGN KEY (machine, state) REFERENCES core.state(machine, state);


--
-- Name: tenant tenant_is_on_a_platform; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.tenant
    ADD CONSTRAINT tenant_is_on_a_platform FOREIGN KEY (platform) REFERENCES tenancy.platform(platform);


--
-- Name: tenant_transition transition_belongs_to_a_tenant; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.tenant_transition
    ADD CONSTRAINT transition_belongs_to_a_tenant FOREIGN KEY (tenant_id) REFERENCES tenancy.tenant(tenant_id);


--
-- Name: unit unit_belongs_to_a_site; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.unit
    ADD CONSTRAINT unit_belongs_to_a_site FOREIGN KEY (tenant_id, site_id) REFERENCES tenancy.site(tenant_id, id);


--
-- Name: unit unit_has_a_parent; Type: FK CONSTRAINT; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE ONLY tenancy.unit
    ADD CONSTRAINT unit_has_a_parent FOREIGN KEY (tenant_id, parent_id) REFERENCES tenancy.unit(tenant_id, id);


--
-- Name: device device_belongs_to_a_site; Type: FK CONSTRAINT; Schema: timing; Owner: smartattend_owner
--

ALTER TABLE ONLY timing.device
    ADD CONSTRAINT device_belongs_to_a_site FOREIGN KEY (tenant_id, site_id) REFERENCES tenancy.site(tenant_id, id);


--
-- Name: expectation a_session_reads_its_own_or_its_scope; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_own_or_its_scope ON attendance.expectation FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('ordinary_read'::text) AS session_tenant)) AND ((subject_id = ( SELECT identity.session_user_id() AS session_user_id)) OR ( SELECT identity.session_holds('attendance.read'::text) AS session_holds) OR (unit_id = ANY (ARRAY( SELECT u.unit_id
   FROM identity.session_units('attendance.read'::text) u(unit_id)))))));


--
-- Name: record a_session_reads_its_own_or_its_scope; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_own_or_its_scope ON attendance.record FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('capture_read'::text) AS session_tenant)) AND ((subject_id = ( SELECT identity.session_user_id() AS session_user_id)) OR ( SELECT identity.session_holds('attendance.read'::text) AS session_holds) OR (unit_id = ANY (ARRAY( SELECT u.unit_id
   FROM identity.session_units('attendance.read'::text) u(unit_id)))))));


--
-- Name: session a_session_reads_its_own_or_its_scope; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_own_or_its_scope ON attendance.session FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('ordinary_read'::text) AS session_tenant)) AND (( SELECT identity.session_holds('attendance.read'::text) AS session_holds) OR (unit_id = ANY (ARRAY( SELECT u.unit_id
   FROM identity.session_units('attendance.read'::text) u(unit_id)))) OR (id IN ( SELECT e.session_id
   FROM attendance.expectation e
  WHERE ((e.tenant_id = ( SELECT identity.session_tenant('ordinary_read'::text) AS session_tenant)) AND (e.subject_id = ( SELECT identity.session_user_id() AS session_user_id))))))));


--
-- Name: register a_session_reads_its_scope; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON attendance.register FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('capture_read'::text) AS session_tenant)) AND (( SELECT identity.session_holds('attendance.read'::text) AS session_holds) OR (session_id IN ( SELECT s.id
   FROM attendance.session s
  WHERE (s.unit_id = ANY (ARRAY( SELECT u.unit_id
           FROM identity.session_units('attendance.read'::text) u(unit_id)))))))));


--
-- Name: code a_session_reads_its_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_tenant ON attendance.code FOR SELECT TO smartattend_app USING ((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)));


--
-- Name: code; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.code ENABLE ROW LEVEL SECURITY;

--
-- Name: event; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.event ENABLE ROW LEVEL SECURITY;

--
-- Name: expectation; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.expectation ENABLE ROW LEVEL SECURITY;

--
-- Name: code owner_adds_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON attendance.code FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: expectation owner_adds_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON attendance.expectation FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: record owner_adds_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON attendance.record FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('capture_write'::text) AS bound_tenant)));


--
-- Name: register owner_adds_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON attendance.register FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: session owner_adds_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON attendance.session FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: event owner_appends_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON attendance.event FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('capture_write'::text) AS bound_tenant)));


--
-- Name: register_transition owner_appends_to_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON attendance.register_transition FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: code owner_changes_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON attendance.code FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: expectation owner_changes_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON attendance.expectation FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: record owner_changes_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON attendance.record FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('capture_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('capture_write'::text) AS bound_tenant)));


--
-- Name: register owner_changes_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON attendance.register FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('capture_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('capture_write'::text) AS bound_tenant)));


--
-- Name: session owner_changes_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON attendance.session FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: code owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.code FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_read'::text) AS bound_tenant)));


--
-- Name: event owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.event FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('capture_read'::text) AS bound_tenant)));


--
-- Name: expectation owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.expectation FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: record owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.record FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('capture_read'::text) AS bound_tenant)));


--
-- Name: register owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.register FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: register_transition owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.register_transition FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: session owner_reads_the_bound_tenant; Type: POLICY; Schema: attendance; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON attendance.session FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: record; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.record ENABLE ROW LEVEL SECURITY;

--
-- Name: register; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.register ENABLE ROW LEVEL SECURITY;

--
-- Name: register_transition; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.register_transition ENABLE ROW LEVEL SECURITY;

--
-- Name: session; Type: ROW SECURITY; Schema: attendance; Owner: smartattend_owner
--

ALTER TABLE attendance.session ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency; Type: ROW SECURITY; Schema: core; Owner: smartattend_owner
--

ALTER TABLE core.idempotency ENABLE ROW LEVEL SECURITY;

--
-- Name: idempotency owner_sees_the_bound_tenant; Type: POLICY; Schema: core; Owner: smartattend_owner
--

CREATE POLICY owner_sees_the_bound_tenant ON core.idempotency TO smartattend_owner USING ((tenant_id = ( SELECT COALESCE(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid) AS "coalesce"))) WITH CHECK ((tenant_id = ( SELECT COALESCE(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid) AS "coalesce")));


--
-- Name: roster owner_adds_to_the_bound_tenant; Type: POLICY; Schema: corporate; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON corporate.roster FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: shift_template owner_adds_to_the_bound_tenant; Type: POLICY; Schema: corporate; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON corporate.shift_template FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: shift_template owner_changes_the_bound_tenant; Type: POLICY; Schema: corporate; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON corporate.shift_template FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: roster owner_reads_the_bound_tenant; Type: POLICY; Schema: corporate; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON corporate.roster FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: shift_template owner_reads_the_bound_tenant; Type: POLICY; Schema: corporate; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON corporate.shift_template FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: roster; Type: ROW SECURITY; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE corporate.roster ENABLE ROW LEVEL SECURITY;

--
-- Name: shift_template; Type: ROW SECURITY; Schema: corporate; Owner: smartattend_owner
--

ALTER TABLE corporate.shift_template ENABLE ROW LEVEL SECURITY;

--
-- Name: membership a_session_reads_itself_or_its_scope; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_itself_or_its_scope ON identity.membership FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ((user_id = ( SELECT identity.session_user_id() AS session_user_id)) OR ( SELECT identity.session_holds('member.read'::text) AS session_holds))));


--
-- Name: login_session; Type: ROW SECURITY; Schema: identity; Owner: smartattend_session
--

ALTER TABLE identity.login_session ENABLE ROW LEVEL SECURITY;

--
-- Name: membership; Type: ROW SECURITY; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE identity.membership ENABLE ROW LEVEL SECURITY;

--
-- Name: membership owner_adds_to_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON identity.membership FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: role_grant owner_adds_to_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON identity.role_grant FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: membership owner_changes_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON identity.membership FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: role_grant owner_changes_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON identity.role_grant FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: user owner_reads_members_of_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_reads_members_of_the_bound_tenant ON identity."user" FOR SELECT TO smartattend_owner USING ((id IN ( SELECT m.user_id
   FROM identity.membership m
  WHERE (m.tenant_id = ( SELECT core.bound_tenant('administration_read'::text) AS bound_tenant)))));


--
-- Name: membership owner_reads_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON identity.membership FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_read'::text) AS bound_tenant)));


--
-- Name: role_grant owner_reads_the_bound_tenant; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON identity.role_grant FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: platform_grant; Type: ROW SECURITY; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE identity.platform_grant ENABLE ROW LEVEL SECURITY;

--
-- Name: platform_session; Type: ROW SECURITY; Schema: identity; Owner: smartattend_session
--

ALTER TABLE identity.platform_session ENABLE ROW LEVEL SECURITY;

--
-- Name: role_grant; Type: ROW SECURITY; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE identity.role_grant ENABLE ROW LEVEL SECURITY;

--
-- Name: membership session_finds_members; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY session_finds_members ON identity.membership FOR SELECT TO smartattend_session USING (true);


--
-- Name: login_session session_is_the_only_reader; Type: POLICY; Schema: identity; Owner: smartattend_session
--

CREATE POLICY session_is_the_only_reader ON identity.login_session TO smartattend_session USING (true) WITH CHECK (true);


--
-- Name: platform_session session_is_the_only_reader; Type: POLICY; Schema: identity; Owner: smartattend_session
--

CREATE POLICY session_is_the_only_reader ON identity.platform_session TO smartattend_session USING (true) WITH CHECK (true);


--
-- Name: role_grant session_judges_permissions; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY session_judges_permissions ON identity.role_grant FOR SELECT TO smartattend_session USING (true);


--
-- Name: platform_grant session_keeps_platform_grants; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY session_keeps_platform_grants ON identity.platform_grant TO smartattend_session USING (true) WITH CHECK (true);


--
-- Name: user session_keeps_the_accounts; Type: POLICY; Schema: identity; Owner: smartattend_owner
--

CREATE POLICY session_keeps_the_accounts ON identity."user" TO smartattend_session USING (true) WITH CHECK (true);


--
-- Name: user; Type: ROW SECURITY; Schema: identity; Owner: smartattend_owner
--

ALTER TABLE identity."user" ENABLE ROW LEVEL SECURITY;

--
-- Name: refusal ledger_reads_and_appends; Type: POLICY; Schema: ledger; Owner: smartattend_ledger
--

CREATE POLICY ledger_reads_and_appends ON ledger.refusal TO smartattend_ledger USING ((tenant_id = ( SELECT COALESCE(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid) AS "coalesce"))) WITH CHECK ((tenant_id = ( SELECT COALESCE(core.bound_tenant(), '00000000-0000-0000-0000-000000000000'::uuid) AS "coalesce")));


--
-- Name: refusal owner_reads_the_bound_tenant; Type: POLICY; Schema: ledger; Owner: smartattend_ledger
--

CREATE POLICY owner_reads_the_bound_tenant ON ledger.refusal FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: refusal; Type: ROW SECURITY; Schema: ledger; Owner: smartattend_ledger
--

ALTER TABLE ledger.refusal ENABLE ROW LEVEL SECURITY;

--
-- Name: course; Type: ROW SECURITY; Schema: school; Owner: smartattend_owner
--

ALTER TABLE school.course ENABLE ROW LEVEL SECURITY;

--
-- Name: enrolment; Type: ROW SECURITY; Schema: school; Owner: smartattend_owner
--

ALTER TABLE school.enrolment ENABLE ROW LEVEL SECURITY;

--
-- Name: course owner_adds_to_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON school.course FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: enrolment owner_adds_to_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON school.enrolment FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: section owner_adds_to_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON school.section FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: term owner_adds_to_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON school.term FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: timetable owner_adds_to_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON school.timetable FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: course owner_changes_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON school.course FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: enrolment owner_changes_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON school.enrolment FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: section owner_changes_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON school.section FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: term owner_changes_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON school.term FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: timetable owner_changes_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON school.timetable FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('ordinary_write'::text) AS bound_tenant)));


--
-- Name: course owner_reads_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON school.course FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: enrolment owner_reads_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON school.enrolment FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: section owner_reads_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON school.section FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: term owner_reads_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON school.term FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: timetable owner_reads_the_bound_tenant; Type: POLICY; Schema: school; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON school.timetable FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('ordinary_read'::text) AS bound_tenant)));


--
-- Name: section; Type: ROW SECURITY; Schema: school; Owner: smartattend_owner
--

ALTER TABLE school.section ENABLE ROW LEVEL SECURITY;

--
-- Name: term; Type: ROW SECURITY; Schema: school; Owner: smartattend_owner
--

ALTER TABLE school.term ENABLE ROW LEVEL SECURITY;

--
-- Name: timetable; Type: ROW SECURITY; Schema: school; Owner: smartattend_owner
--

ALTER TABLE school.timetable ENABLE ROW LEVEL SECURITY;

--
-- Name: call a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation.call FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: check a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation."check" FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: fault a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation.fault FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: issue a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation.issue FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: run a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation.run FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: run_transition a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation.run_transition FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: scenario a_session_reads_its_scope; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON simulation.scenario FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('simulation.run'::text) AS session_holds)));


--
-- Name: call; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation.call ENABLE ROW LEVEL SECURITY;

--
-- Name: check; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation."check" ENABLE ROW LEVEL SECURITY;

--
-- Name: fault; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation.fault ENABLE ROW LEVEL SECURITY;

--
-- Name: issue; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation.issue ENABLE ROW LEVEL SECURITY;

--
-- Name: call owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation.call FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: check owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation."check" FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: fault owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation.fault FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: issue owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation.issue FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: run owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation.run FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: run_transition owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation.run_transition FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: scenario owner_appends_to_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON simulation.scenario FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: run owner_moves_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_moves_the_bound_tenant ON simulation.run FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: call owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation.call FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: check owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation."check" FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: fault owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation.fault FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: issue owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation.issue FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: run owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation.run FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: run_transition owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation.run_transition FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: scenario owner_reads_the_bound_tenant; Type: POLICY; Schema: simulation; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON simulation.scenario FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: run; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation.run ENABLE ROW LEVEL SECURITY;

--
-- Name: run_transition; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation.run_transition ENABLE ROW LEVEL SECURITY;

--
-- Name: scenario; Type: ROW SECURITY; Schema: simulation; Owner: smartattend_owner
--

ALTER TABLE simulation.scenario ENABLE ROW LEVEL SECURITY;

--
-- Name: site a_session_reads_its_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_tenant ON tenancy.site FOR SELECT TO smartattend_app USING ((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)));


--
-- Name: tenant a_session_reads_its_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_tenant ON tenancy.tenant FOR SELECT TO smartattend_app USING ((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)));


--
-- Name: unit a_session_reads_its_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_tenant ON tenancy.unit FOR SELECT TO smartattend_app USING ((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)));


--
-- Name: tenant operator_lists_tenants; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY operator_lists_tenants ON tenancy.tenant FOR SELECT TO smartattend_operator USING (true);


--
-- Name: tenant_transition operator_lists_transitions; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY operator_lists_transitions ON tenancy.tenant_transition FOR SELECT TO smartattend_operator USING (true);


--
-- Name: tenant owner_adds_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_adds_the_bound_tenant ON tenancy.tenant FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: setting owner_adds_to_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON tenancy.setting FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: site owner_adds_to_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON tenancy.site FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: unit owner_adds_to_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON tenancy.unit FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: tenant_transition owner_appends_to_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_appends_to_the_bound_tenant ON tenancy.tenant_transition TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: setting owner_changes_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON tenancy.setting FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: site owner_changes_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON tenancy.site FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: tenant owner_changes_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON tenancy.tenant FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: unit owner_changes_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON tenancy.unit FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: setting owner_reads_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON tenancy.setting FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: site owner_reads_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON tenancy.site FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_read'::text) AS bound_tenant)));


--
-- Name: tenant owner_reads_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON tenancy.tenant FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant() AS bound_tenant)));


--
-- Name: unit owner_reads_the_bound_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON tenancy.unit FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_read'::text) AS bound_tenant)));


--
-- Name: unit session_judges_scopes; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY session_judges_scopes ON tenancy.unit FOR SELECT TO smartattend_session USING (true);


--
-- Name: tenant session_verifies_any_tenant; Type: POLICY; Schema: tenancy; Owner: smartattend_owner
--

CREATE POLICY session_verifies_any_tenant ON tenancy.tenant FOR SELECT TO smartattend_session USING (true);


--
-- Name: setting; Type: ROW SECURITY; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE tenancy.setting ENABLE ROW LEVEL SECURITY;

--
-- Name: site; Type: ROW SECURITY; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE tenancy.site ENABLE ROW LEVEL SECURITY;

--
-- Name: tenant; Type: ROW SECURITY; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE tenancy.tenant ENABLE ROW LEVEL SECURITY;

--
-- Name: tenant_transition; Type: ROW SECURITY; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE tenancy.tenant_transition ENABLE ROW LEVEL SECURITY;

--
-- Name: unit; Type: ROW SECURITY; Schema: tenancy; Owner: smartattend_owner
--

ALTER TABLE tenancy.unit ENABLE ROW LEVEL SECURITY;

--
-- Name: device a_session_reads_its_scope; Type: POLICY; Schema: timing; Owner: smartattend_owner
--

CREATE POLICY a_session_reads_its_scope ON timing.device FOR SELECT TO smartattend_app USING (((tenant_id = ( SELECT identity.session_tenant('administration_read'::text) AS session_tenant)) AND ( SELECT identity.session_holds('member.read'::text) AS session_holds)));


--
-- Name: device; Type: ROW SECURITY; Schema: timing; Owner: smartattend_owner
--

ALTER TABLE timing.device ENABLE ROW LEVEL SECURITY;

--
-- Name: device owner_adds_to_the_bound_tenant; Type: POLICY; Schema: timing; Owner: smartattend_owner
--

CREATE POLICY owner_adds_to_the_bound_tenant ON timing.device FOR INSERT TO smartattend_owner WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: device owner_changes_the_bound_tenant; Type: POLICY; Schema: timing; Owner: smartattend_owner
--

CREATE POLICY owner_changes_the_bound_tenant ON timing.device FOR UPDATE TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant))) WITH CHECK ((tenant_id = ( SELECT core.bound_tenant('administration_write'::text) AS bound_tenant)));


--
-- Name: device owner_reads_the_bound_tenant; Type: POLICY; Schema: timing; Owner: smartattend_owner
--

CREATE POLICY owner_reads_the_bound_tenant ON timing.device FOR SELECT TO smartattend_owner USING ((tenant_id = ( SELECT core.bound_tenant('administration_read'::text) AS bound_tenant)));


--
-- Name: SCHEMA api; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT USAGE ON SCHEMA api TO smartattend_app;
GRANT USAGE ON SCHEMA api TO smartattend_auditor;
GRANT USAGE ON SCHEMA api TO smartattend_operator;


--
-- Name: SCHEMA attendance; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT USAGE ON SCHEMA attendance TO smartattend_app;
GRANT USAGE ON SCHEMA attendance TO smartattend_auditor;


--
-- Name: SCHEMA core; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT USAGE ON SCHEMA core TO smartattend_session;
GRANT USAGE ON SCHEMA core TO smartattend_ledger;
GRANT USAGE ON SCHEMA core TO smartattend_app;
GRANT USAGE ON SCHEMA core TO smartattend_auditor;
GRANT USAGE ON SCHEMA core TO smartattend_operator;
GRANT USAGE ON SCHEMA core TO smartattend_sealer;
GRANT USAGE ON SCHEMA core TO smartattend_refresher;


--
-- Name: SCHEMA identity; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT ALL ON SCHEMA identity TO smartattend_session;
GRANT USAGE ON SCHEMA identity TO smartattend_app;
GRANT USAGE ON SCHEMA identity TO smartattend_auditor;
GRANT USAGE ON SCHEMA identity TO smartattend_operator;
GRANT USAGE ON SCHEMA identity TO smartattend_deployer;


--
-- Name: SCHEMA ledger; Type: ACL; Schema: -; Owner: smartattend_ledger
--

GRANT USAGE ON SCHEMA ledger TO smartattend_owner;
GRANT USAGE ON SCHEMA ledger TO smartattend_session;
GRANT USAGE ON SCHEMA ledger TO smartattend_app;
GRANT USAGE ON SCHEMA ledger TO smartattend_auditor;
GRANT USAGE ON SCHEMA ledger TO smartattend_sealer;


--
-- Name: SCHEMA simulation; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT USAGE ON SCHEMA simulation TO smartattend_app;
GRANT USAGE ON SCHEMA simulation TO smartattend_auditor;
GRANT USAGE ON SCHEMA simulation TO smartattend_operator;


--
-- Name: SCHEMA tenancy; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT USAGE ON SCHEMA tenancy TO smartattend_session;
GRANT USAGE ON SCHEMA tenancy TO smartattend_ledger;
GRANT USAGE ON SCHEMA tenancy TO smartattend_app;
GRANT USAGE ON SCHEMA tenancy TO smartattend_auditor;
GRANT USAGE ON SCHEMA tenancy TO smartattend_operator;


--
-- Name: SCHEMA timing; Type: ACL; Schema: -; Owner: smartattend_owner
--

GRANT USAGE ON SCHEMA timing TO smartattend_app;
GRANT USAGE ON SCHEMA timing TO smartattend_auditor;
GRANT USAGE ON SCHEMA timing TO smartattend_operator;


--
-- Name: FUNCTION attendance_history(subject_id uuid, from_date date, to_date date, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.attendance_history(subject_id uuid, from_date date, to_date date, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.attendance_history(subject_id uuid, from_date date, to_date date, token text) TO smartattend_app;


--
-- Name: FUNCTION attendance_import(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.attendance_import(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.attendance_import(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION attendance_transition(key uuid, record_id uuid, via text, reason text, base_revision integer, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.attendance_transition(key uuid, record_id uuid, via text, reason text, base_revision integer, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.attendance_transition(key uuid, record_id uuid, via text, reason text, base_revision integer, token text) TO smartattend_app;


--
-- Name: FUNCTION check_in(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.check_in(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.check_in(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION check_in_batch(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.check_in_batch(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.check_in_batch(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION check_out(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.check_out(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.check_out(key uuid, subject_id uuid, claimed_at timestamp with time zone, claimed_zone text, device_id uuid, boot_id uuid, sequence_number bigint, monotonic_us bigint, latitude double precision, longitude double precision, accuracy_m double precision, evidence jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_courses(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_courses(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_courses(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_devices(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_devices(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_devices(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_enrolments(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_enrolments(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_enrolments(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_members(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_members(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_members(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_roster(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_roster(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_roster(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_sections(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_sections(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_sections(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_shift_templates(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_shift_templates(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_shift_templates(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_sites(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_sites(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_sites(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_terms(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_terms(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_terms(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_timetable(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_timetable(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_timetable(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION put_units(entries jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.put_units(entries jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.put_units(entries jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION register_open(key uuid, session_id uuid, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.register_open(key uuid, session_id uuid, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.register_open(key uuid, session_id uuid, token text) TO smartattend_app;


--
-- Name: FUNCTION register_reopen(key uuid, session_id uuid, reason text, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.register_reopen(key uuid, session_id uuid, reason text, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.register_reopen(key uuid, session_id uuid, reason text, token text) TO smartattend_app;


--
-- Name: FUNCTION register_submit(key uuid, session_id uuid, marks jsonb, default_code text, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.register_submit(key uuid, session_id uuid, marks jsonb, default_code text, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.register_submit(key uuid, session_id uuid, marks jsonb, default_code text, token text) TO smartattend_app;


--
-- Name: FUNCTION schedule_generate(key uuid, from_date date, to_date date, unit_id uuid, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.schedule_generate(key uuid, from_date date, to_date date, unit_id uuid, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.schedule_generate(key uuid, from_date date, to_date date, unit_id uuid, token text) TO smartattend_app;


--
-- Name: FUNCTION simulation_abort(key uuid, run_id uuid, reason text, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.simulation_abort(key uuid, run_id uuid, reason text, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.simulation_abort(key uuid, run_id uuid, reason text, token text) TO smartattend_app;


--
-- Name: FUNCTION simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.simulation_finish(key uuid, run_id uuid, scenarios jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.simulation_start(key uuid, command text, seed bigint, plan_hash text, parameters jsonb, tool_version text, token text) TO smartattend_app;


--
-- Name: FUNCTION simulation_testify(key uuid, run_id uuid, calls jsonb, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.simulation_testify(key uuid, run_id uuid, calls jsonb, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.simulation_testify(key uuid, run_id uuid, calls jsonb, token text) TO smartattend_app;


--
-- Name: FUNCTION tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text) TO smartattend_app;
GRANT ALL ON FUNCTION api.tenant_create(key uuid, slug text, name text, platform text, time_zone text, admin_login text, admin_name text, is_sandbox boolean, site_code text, site_name text, token text) TO smartattend_operator;


--
-- Name: FUNCTION tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text); Type: ACL; Schema: api; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION api.tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text) FROM PUBLIC;
GRANT ALL ON FUNCTION api.tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text) TO smartattend_app;
GRANT ALL ON FUNCTION api.tenant_transition(key uuid, tenant_id uuid, via text, reason text, token text) TO smartattend_operator;


--
-- Name: FUNCTION answer_known_key(kind text, key uuid, payload_hash bytea); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.answer_known_key(kind text, key uuid, payload_hash bytea) FROM PUBLIC;


--
-- Name: FUNCTION business_date(instant timestamp with time zone, zone text, day_starts_at interval); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.business_date(instant timestamp with time zone, zone text, day_starts_at interval) FROM PUBLIC;


--
-- Name: FUNCTION capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.capture(actor core.actor, kind text, key uuid, subject_id uuid, claim attendance.claim) FROM PUBLIC;


--
-- Name: FUNCTION capture_simple(entries jsonb); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.capture_simple(entries jsonb) FROM PUBLIC;


--
-- Name: FUNCTION check_claim(claim attendance.claim); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.check_claim(claim attendance.claim) FROM PUBLIC;


--
-- Name: FUNCTION claim_hash(kind text, subject_id uuid, claim attendance.claim); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.claim_hash(kind text, subject_id uuid, claim attendance.claim) FROM PUBLIC;


--
-- Name: FUNCTION default_codes(tenant_id uuid); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.default_codes(tenant_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION detail(session_id uuid, state text, code text, business_date date, effective_at timestamp with time zone, basis text); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.detail(session_id uuid, state text, code text, business_date date, effective_at timestamp with time zone, basis text) FROM PUBLIC;


--
-- Name: FUNCTION is_whole(event attendance.event); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.is_whole(event attendance.event) FROM PUBLIC;


--
-- Name: FUNCTION judge_marks(kind text, marks attendance.mark[]); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.judge_marks(kind text, marks attendance.mark[]) FROM PUBLIC;


--
-- Name: FUNCTION mark_outcomes(marks attendance.judged_mark[]); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.mark_outcomes(marks attendance.judged_mark[]) FROM PUBLIC;


--
-- Name: FUNCTION move_register(command text, key uuid, session_id uuid, via text, reason text); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.move_register(command text, key uuid, session_id uuid, via text, reason text) FROM PUBLIC;


--
-- Name: FUNCTION outcome(event attendance.event, status text); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.outcome(event attendance.event, status text) FROM PUBLIC;


--
-- Name: FUNCTION plan_sessions(source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.plan_sessions(source text, from_date date, to_date date, unit_id uuid, planned attendance.planned_session[]) FROM PUBLIC;


--
-- Name: FUNCTION read_import(entries jsonb); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.read_import(entries jsonb) FROM PUBLIC;


--
-- Name: TABLE session; Type: ACL; Schema: attendance; Owner: smartattend_owner
--

GRANT SELECT ON TABLE attendance.session TO smartattend_app;


--
-- Name: FUNCTION read_marks(marks jsonb, key uuid, session attendance.session); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.read_marks(marks jsonb, key uuid, session attendance.session) FROM PUBLIC;


--
-- Name: FUNCTION read_punches(entries jsonb); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.read_punches(entries jsonb) FROM PUBLIC;


--
-- Name: FUNCTION repeat(kind text, key uuid, payload_hash bytea, first attendance.event); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.repeat(kind text, key uuid, payload_hash bytea, first attendance.event) FROM PUBLIC;


--
-- Name: TABLE record; Type: ACL; Schema: attendance; Owner: smartattend_owner
--

GRANT SELECT ON TABLE attendance.record TO smartattend_app;


--
-- Name: FUNCTION revise(record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text, state text, via text); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.revise(record attendance.record, kind text, key uuid, payload_hash bytea, reason_code text, reason text, state text, via text) FROM PUBLIC;


--
-- Name: FUNCTION session_window(planned attendance.planned_session, setting tenancy.setting); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.session_window(planned attendance.planned_session, setting tenancy.setting) FROM PUBLIC;


--
-- Name: FUNCTION simple_punches(entries jsonb); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.simple_punches(entries jsonb) FROM PUBLIC;


--
-- Name: FUNCTION store_marks(kind text, marks attendance.judged_mark[]); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.store_marks(kind text, marks attendance.judged_mark[]) FROM PUBLIC;


--
-- Name: FUNCTION subject_zone(device_id uuid); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.subject_zone(device_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION utc(instant timestamp with time zone); Type: ACL; Schema: attendance; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION attendance.utc(instant timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION accepted(id uuid, revision integer, detail jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.accepted(id uuid, revision integer, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION core.accepted(id uuid, revision integer, detail jsonb) TO smartattend_session;
GRANT ALL ON FUNCTION core.accepted(id uuid, revision integer, detail jsonb) TO smartattend_ledger;


--
-- Name: FUNCTION actor(); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.actor() FROM PUBLIC;
GRANT ALL ON FUNCTION core.actor() TO smartattend_session;
GRANT ALL ON FUNCTION core.actor() TO smartattend_ledger;
GRANT ALL ON FUNCTION core.actor() TO smartattend_app;
GRANT ALL ON FUNCTION core.actor() TO smartattend_auditor;
GRANT ALL ON FUNCTION core.actor() TO smartattend_operator;


--
-- Name: FUNCTION bind(tenant_id uuid, opens text, actor core.actor); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.bind(tenant_id uuid, opens text, actor core.actor) FROM PUBLIC;
GRANT ALL ON FUNCTION core.bind(tenant_id uuid, opens text, actor core.actor) TO smartattend_session;


--
-- Name: FUNCTION bound_tenant(); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.bound_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION core.bound_tenant() TO smartattend_session;
GRANT ALL ON FUNCTION core.bound_tenant() TO smartattend_ledger;
GRANT ALL ON FUNCTION core.bound_tenant() TO smartattend_app;
GRANT ALL ON FUNCTION core.bound_tenant() TO smartattend_auditor;
GRANT ALL ON FUNCTION core.bound_tenant() TO smartattend_operator;


--
-- Name: FUNCTION bound_tenant(gate text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.bound_tenant(gate text) FROM PUBLIC;
GRANT ALL ON FUNCTION core.bound_tenant(gate text) TO smartattend_session;
GRANT ALL ON FUNCTION core.bound_tenant(gate text) TO smartattend_ledger;
GRANT ALL ON FUNCTION core.bound_tenant(gate text) TO smartattend_app;
GRANT ALL ON FUNCTION core.bound_tenant(gate text) TO smartattend_auditor;
GRANT ALL ON FUNCTION core.bound_tenant(gate text) TO smartattend_operator;


--
-- Name: FUNCTION caught(code text, detail text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.caught(code text, detail text) FROM PUBLIC;


--
-- Name: FUNCTION claim(command text, key uuid, payload jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.claim(command text, key uuid, payload jsonb) FROM PUBLIC;


--
-- Name: FUNCTION entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.entry_value(kind text, words text[], lowest numeric, highest numeric, value jsonb) FROM PUBLIC;


--
-- Name: FUNCTION entry_value_expected(kind text, words text[], lowest numeric, highest numeric); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.entry_value_expected(kind text, words text[], lowest numeric, highest numeric) FROM PUBLIC;


--
-- Name: FUNCTION fail(code text, observed text, expected text, hint text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.fail(code text, observed text, expected text, hint text) FROM PUBLIC;
GRANT ALL ON FUNCTION core.fail(code text, observed text, expected text, hint text) TO smartattend_session;
GRANT ALL ON FUNCTION core.fail(code text, observed text, expected text, hint text) TO smartattend_ledger;


--
-- Name: FUNCTION fault(code text, field text, observed text, expected text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.fault(code text, field text, observed text, expected text) FROM PUBLIC;


--
-- Name: FUNCTION finish(outcome core.outcome, key uuid); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.finish(outcome core.outcome, key uuid) FROM PUBLIC;


--
-- Name: FUNCTION guard_idempotency(); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.guard_idempotency() FROM PUBLIC;


--
-- Name: FUNCTION instant(value text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.instant(value text) FROM PUBLIC;


--
-- Name: FUNCTION is_date(value text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.is_date(value text) FROM PUBLIC;


--
-- Name: FUNCTION judge_transition(); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.judge_transition() FROM PUBLIC;
GRANT ALL ON FUNCTION core.judge_transition() TO smartattend_session;


--
-- Name: FUNCTION local_instant(local timestamp without time zone, zone text, side text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.local_instant(local timestamp without time zone, zone text, side text) FROM PUBLIC;
GRANT ALL ON FUNCTION core.local_instant(local timestamp without time zone, zone text, side text) TO smartattend_session;
GRANT ALL ON FUNCTION core.local_instant(local timestamp without time zone, zone text, side text) TO smartattend_ledger;


--
-- Name: FUNCTION networks(value jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.networks(value jsonb) FROM PUBLIC;


--
-- Name: FUNCTION payload_hash(payload jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.payload_hash(payload jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION core.payload_hash(payload jsonb) TO smartattend_session;
GRANT ALL ON FUNCTION core.payload_hash(payload jsonb) TO smartattend_ledger;


--
-- Name: FUNCTION put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.put_change(fault jsonb, turn bigint, agrees boolean, is_present boolean, is_same boolean) FROM PUBLIC;


--
-- Name: FUNCTION put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.put_outcome(ordinal integer, key text, change text, fault jsonb, id uuid) FROM PUBLIC;


--
-- Name: FUNCTION read_entries(entry text, entries jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.read_entries(entry text, entries jsonb) FROM PUBLIC;


--
-- Name: FUNCTION refuse_change(); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.refuse_change() FROM PUBLIC;
GRANT ALL ON FUNCTION core.refuse_change() TO smartattend_session;
GRANT ALL ON FUNCTION core.refuse_change() TO smartattend_ledger;


--
-- Name: FUNCTION refused(code text, detail jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.refused(code text, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION core.refused(code text, detail jsonb) TO smartattend_session;
GRANT ALL ON FUNCTION core.refused(code text, detail jsonb) TO smartattend_ledger;


--
-- Name: FUNCTION replayed(id uuid, revision integer, detail jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.replayed(id uuid, revision integer, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION core.replayed(id uuid, revision integer, detail jsonb) TO smartattend_session;
GRANT ALL ON FUNCTION core.replayed(id uuid, revision integer, detail jsonb) TO smartattend_ledger;


--
-- Name: FUNCTION transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION core.transition_refusal(machine text, from_state text, to_state text, via text, reason text, subject jsonb) TO smartattend_session;


--
-- Name: FUNCTION uuid(value text); Type: ACL; Schema: core; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION core.uuid(value text) FROM PUBLIC;


--
-- Name: FUNCTION generate(from_date date, to_date date, unit_id uuid); Type: ACL; Schema: corporate; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION corporate.generate(from_date date, to_date date, unit_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION begin_put(gate text, permission text); Type: ACL; Schema: identity; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION identity.begin_put(gate text, permission text) FROM PUBLIC;


--
-- Name: FUNCTION bind_operator(tenant_slug text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.bind_operator(tenant_slug text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.bind_operator(tenant_slug text) TO smartattend_owner;


--
-- Name: FUNCTION bind_platform(token text, permission text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.bind_platform(token text, permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.bind_platform(token text, permission text) TO smartattend_owner;


--
-- Name: FUNCTION bind_session(token text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.bind_session(token text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.bind_session(token text) TO smartattend_owner;


--
-- Name: FUNCTION bind_target(tenant_id uuid); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.bind_target(tenant_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.bind_target(tenant_id uuid) TO smartattend_owner;


--
-- Name: FUNCTION bootstrap_superadmin(login text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.bootstrap_superadmin(login text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.bootstrap_superadmin(login text) TO smartattend_deployer;


--
-- Name: FUNCTION current_session(); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.current_session() FROM PUBLIC;
GRANT ALL ON FUNCTION identity.current_session() TO smartattend_app;
GRANT ALL ON FUNCTION identity.current_session() TO smartattend_auditor;


--
-- Name: FUNCTION ensure_users(logins text[]); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.ensure_users(logins text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.ensure_users(logins text[]) TO smartattend_owner;


--
-- Name: FUNCTION find_session(tenant_id uuid, token_hash bytea, now timestamp with time zone); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.find_session(tenant_id uuid, token_hash bytea, now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION finish_put(command text, outcomes core.batch_outcome[]); Type: ACL; Schema: identity; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION identity.finish_put(command text, outcomes core.batch_outcome[]) FROM PUBLIC;


--
-- Name: FUNCTION holds(permission text, unit_id uuid); Type: ACL; Schema: identity; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION identity.holds(permission text, unit_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION is_administrator(tenant_id uuid, user_id uuid); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.is_administrator(tenant_id uuid, user_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION is_live(expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, now timestamp with time zone); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.is_live(expires_at timestamp with time zone, idle_timeout interval, last_seen_at timestamp with time zone, revoked_at timestamp with time zone, now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION login(tenant_slug text, login text, lifetime interval, idle_timeout interval, reason text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.login(tenant_slug text, login text, lifetime interval, idle_timeout interval, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.login(tenant_slug text, login text, lifetime interval, idle_timeout interval, reason text) TO smartattend_operator;


--
-- Name: FUNCTION login_platform(login text, reason text, ticket text, mfa_level integer, lifetime interval); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.login_platform(login text, reason text, ticket text, mfa_level integer, lifetime interval) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.login_platform(login text, reason text, ticket text, mfa_level integer, lifetime interval) TO smartattend_operator;


--
-- Name: FUNCTION new_secret(); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.new_secret() FROM PUBLIC;


--
-- Name: FUNCTION open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.open_device_session(tenant_id uuid, device_id uuid, unit_id uuid, lifetime interval, reason text) TO smartattend_owner;


--
-- Name: FUNCTION require(permission text, unit_id uuid); Type: ACL; Schema: identity; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION identity.require(permission text, unit_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION revoke_tenant_sessions(tenant_id uuid, reason text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.revoke_tenant_sessions(tenant_id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.revoke_tenant_sessions(tenant_id uuid, reason text) TO smartattend_owner;


--
-- Name: FUNCTION revoke_token(token text, reason text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.revoke_token(token text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.revoke_token(token text, reason text) TO smartattend_operator;
GRANT ALL ON FUNCTION identity.revoke_token(token text, reason text) TO smartattend_app;


--
-- Name: FUNCTION scope_fault(permission text); Type: ACL; Schema: identity; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION identity.scope_fault(permission text) FROM PUBLIC;


--
-- Name: FUNCTION session_holds(permission text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.session_holds(permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.session_holds(permission text) TO smartattend_app;
GRANT ALL ON FUNCTION identity.session_holds(permission text) TO smartattend_auditor;


--
-- Name: FUNCTION session_tenant(gate text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.session_tenant(gate text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.session_tenant(gate text) TO smartattend_app;
GRANT ALL ON FUNCTION identity.session_tenant(gate text) TO smartattend_auditor;


--
-- Name: FUNCTION session_units(permission text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.session_units(permission text) FROM PUBLIC;
GRANT ALL ON FUNCTION identity.session_units(permission text) TO smartattend_app;
GRANT ALL ON FUNCTION identity.session_units(permission text) TO smartattend_auditor;


--
-- Name: FUNCTION session_user_id(); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.session_user_id() FROM PUBLIC;
GRANT ALL ON FUNCTION identity.session_user_id() TO smartattend_app;
GRANT ALL ON FUNCTION identity.session_user_id() TO smartattend_auditor;


--
-- Name: FUNCTION token_tenant(token text); Type: ACL; Schema: identity; Owner: smartattend_session
--

REVOKE ALL ON FUNCTION identity.token_tenant(token text) FROM PUBLIC;


--
-- Name: FUNCTION refuse(command text, key uuid, payload jsonb, outcome core.outcome); Type: ACL; Schema: ledger; Owner: smartattend_ledger
--

REVOKE ALL ON FUNCTION ledger.refuse(command text, key uuid, payload jsonb, outcome core.outcome) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.refuse(command text, key uuid, payload jsonb, outcome core.outcome) TO smartattend_owner;


--
-- Name: FUNCTION generate(from_date date, to_date date, unit_id uuid); Type: ACL; Schema: school; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION school.generate(from_date date, to_date date, unit_id uuid) FROM PUBLIC;


--
-- Name: FUNCTION cache_off_history(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.cache_off_history(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: TABLE run; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.run TO smartattend_app;


--
-- Name: FUNCTION conclude(run simulation.run, told jsonb); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.conclude(run simulation.run, told jsonb) FROM PUBLIC;


--
-- Name: FUNCTION different_answer(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.different_answer(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION duplicates(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.duplicates(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION guard_run(); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.guard_run() FROM PUBLIC;


--
-- Name: FUNCTION illegal_history(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.illegal_history(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION judge(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.judge(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION lock_left(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.lock_left(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION logical_check_in(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.logical_check_in(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION looked_at(tenant_id uuid, run_id uuid, scenario text, counts text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.looked_at(tenant_id uuid, run_id uuid, scenario text, counts text) FROM PUBLIC;


--
-- Name: FUNCTION lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.lost_acknowledgement(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION not_one_acceptance(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.not_one_acceptance(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION not_one_event(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.not_one_event(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION not_one_record(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.not_one_record(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION open_twice(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.open_twice(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION overwritten_key(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.overwritten_key(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION phantom_check_in(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.phantom_check_in(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION recorded_twice(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.recorded_twice(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION undocumented_error(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.undocumented_error(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION unkept_refusal(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.unkept_refusal(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION unrecovered_call(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.unrecovered_call(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION unresolved_call(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.unresolved_call(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION unserved_submission(tenant_id uuid, run_id uuid, scenario text); Type: ACL; Schema: simulation; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION simulation.unserved_submission(tenant_id uuid, run_id uuid, scenario text) FROM PUBLIC;


--
-- Name: FUNCTION derive_ancestors(); Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION tenancy.derive_ancestors() FROM PUBLIC;


--
-- Name: FUNCTION make_root_unit(); Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION tenancy.make_root_unit() FROM PUBLIC;


--
-- Name: FUNCTION make_setting(); Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION tenancy.make_setting() FROM PUBLIC;


--
-- Name: FUNCTION login_device(tenant_slug text, device_code text, lifetime interval, reason text); Type: ACL; Schema: timing; Owner: smartattend_owner
--

REVOKE ALL ON FUNCTION timing.login_device(tenant_slug text, device_code text, lifetime interval, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION timing.login_device(tenant_slug text, device_code text, lifetime interval, reason text) TO smartattend_operator;


--
-- Name: TABLE code; Type: ACL; Schema: attendance; Owner: smartattend_owner
--

GRANT SELECT ON TABLE attendance.code TO smartattend_app;


--
-- Name: TABLE attendance; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.attendance TO smartattend_app;


--
-- Name: TABLE code; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.code TO smartattend_app;


--
-- Name: TABLE device; Type: ACL; Schema: timing; Owner: smartattend_owner
--

GRANT SELECT ON TABLE timing.device TO smartattend_app;


--
-- Name: TABLE device; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.device TO smartattend_app;


--
-- Name: TABLE error_code; Type: ACL; Schema: core; Owner: smartattend_owner
--

GRANT SELECT ON TABLE core.error_code TO smartattend_session;
GRANT SELECT ON TABLE core.error_code TO smartattend_ledger;
GRANT SELECT ON TABLE core.error_code TO smartattend_app;
GRANT SELECT ON TABLE core.error_code TO smartattend_auditor;
GRANT SELECT ON TABLE core.error_code TO smartattend_operator;


--
-- Name: TABLE error_code; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.error_code TO smartattend_app;
GRANT SELECT ON TABLE api.error_code TO smartattend_operator;


--
-- Name: TABLE expectation; Type: ACL; Schema: attendance; Owner: smartattend_owner
--

GRANT SELECT ON TABLE attendance.expectation TO smartattend_app;


--
-- Name: TABLE expectation; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.expectation TO smartattend_app;


--
-- Name: TABLE state; Type: ACL; Schema: core; Owner: smartattend_owner
--

GRANT SELECT ON TABLE core.state TO smartattend_session;
GRANT SELECT ON TABLE core.state TO smartattend_ledger;
GRANT SELECT ON TABLE core.state TO smartattend_app;
GRANT SELECT ON TABLE core.state TO smartattend_auditor;
GRANT SELECT ON TABLE core.state TO smartattend_operator;


--
-- Name: TABLE machine_state; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.machine_state TO smartattend_app;
GRANT SELECT ON TABLE api.machine_state TO smartattend_operator;


--
-- Name: TABLE transition; Type: ACL; Schema: core; Owner: smartattend_owner
--

GRANT SELECT ON TABLE core.transition TO smartattend_session;
GRANT SELECT ON TABLE core.transition TO smartattend_ledger;
GRANT SELECT ON TABLE core.transition TO smartattend_app;
GRANT SELECT ON TABLE core.transition TO smartattend_auditor;
GRANT SELECT ON TABLE core.transition TO smartattend_operator;


--
-- Name: TABLE machine_transition; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.machine_transition TO smartattend_app;
GRANT SELECT ON TABLE api.machine_transition TO smartattend_operator;


--
-- Name: TABLE membership; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT,REFERENCES ON TABLE identity.membership TO smartattend_session;
GRANT SELECT ON TABLE identity.membership TO smartattend_app;


--
-- Name: TABLE member; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.member TO smartattend_app;


--
-- Name: TABLE register; Type: ACL; Schema: attendance; Owner: smartattend_owner
--

GRANT SELECT ON TABLE attendance.register TO smartattend_app;


--
-- Name: TABLE register; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.register TO smartattend_app;


--
-- Name: TABLE session; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.session TO smartattend_app;


--
-- Name: TABLE "check"; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation."check" TO smartattend_app;


--
-- Name: TABLE judgement; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.judgement TO smartattend_app;
GRANT SELECT ON TABLE simulation.judgement TO smartattend_auditor;
GRANT SELECT ON TABLE simulation.judgement TO smartattend_operator;


--
-- Name: TABLE simulation_check; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.simulation_check TO smartattend_app;


--
-- Name: TABLE fault; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.fault TO smartattend_app;


--
-- Name: TABLE simulation_fault; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.simulation_fault TO smartattend_app;


--
-- Name: TABLE issue; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.issue TO smartattend_app;


--
-- Name: TABLE simulation_issue; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.simulation_issue TO smartattend_app;


--
-- Name: TABLE run_transition; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.run_transition TO smartattend_app;


--
-- Name: TABLE simulation_run; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.simulation_run TO smartattend_app;


--
-- Name: TABLE scenario; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.scenario TO smartattend_app;


--
-- Name: TABLE simulation_scenario; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.simulation_scenario TO smartattend_app;


--
-- Name: TABLE site; Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

GRANT SELECT ON TABLE tenancy.site TO smartattend_app;


--
-- Name: TABLE site; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.site TO smartattend_app;


--
-- Name: TABLE tenant; Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

GRANT SELECT,REFERENCES ON TABLE tenancy.tenant TO smartattend_session;
GRANT SELECT ON TABLE tenancy.tenant TO smartattend_operator;
GRANT SELECT ON TABLE tenancy.tenant TO smartattend_app;


--
-- Name: TABLE tenant; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.tenant TO smartattend_app;
GRANT SELECT ON TABLE api.tenant TO smartattend_operator;


--
-- Name: TABLE unit; Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

GRANT SELECT ON TABLE tenancy.unit TO smartattend_session;
GRANT SELECT ON TABLE tenancy.unit TO smartattend_app;


--
-- Name: TABLE unit; Type: ACL; Schema: api; Owner: smartattend_owner
--

GRANT SELECT ON TABLE api.unit TO smartattend_app;


--
-- Name: TABLE category; Type: ACL; Schema: attendance; Owner: smartattend_owner
--

GRANT SELECT ON TABLE attendance.category TO smartattend_app;


--
-- Name: TABLE machine; Type: ACL; Schema: core; Owner: smartattend_owner
--

GRANT SELECT ON TABLE core.machine TO smartattend_session;
GRANT SELECT ON TABLE core.machine TO smartattend_ledger;
GRANT SELECT ON TABLE core.machine TO smartattend_app;
GRANT SELECT ON TABLE core.machine TO smartattend_auditor;
GRANT SELECT ON TABLE core.machine TO smartattend_operator;


--
-- Name: TABLE permission; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT ON TABLE identity.permission TO smartattend_session;


--
-- Name: TABLE platform_grant; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT,INSERT,UPDATE ON TABLE identity.platform_grant TO smartattend_session;


--
-- Name: TABLE role; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT ON TABLE identity.role TO smartattend_session;


--
-- Name: TABLE role_grant; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT ON TABLE identity.role_grant TO smartattend_session;


--
-- Name: TABLE role_permission; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT ON TABLE identity.role_permission TO smartattend_session;


--
-- Name: TABLE "user"; Type: ACL; Schema: identity; Owner: smartattend_owner
--

GRANT SELECT,INSERT,REFERENCES ON TABLE identity."user" TO smartattend_session;


--
-- Name: TABLE refusal; Type: ACL; Schema: ledger; Owner: smartattend_ledger
--

GRANT SELECT ON TABLE ledger.refusal TO smartattend_owner;


--
-- Name: TABLE call; Type: ACL; Schema: simulation; Owner: smartattend_owner
--

GRANT SELECT ON TABLE simulation.call TO smartattend_app;


--
-- Name: TABLE gate; Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

GRANT SELECT ON TABLE tenancy.gate TO smartattend_session;
GRANT SELECT ON TABLE tenancy.gate TO smartattend_app;
GRANT SELECT ON TABLE tenancy.gate TO smartattend_auditor;
GRANT SELECT ON TABLE tenancy.gate TO smartattend_operator;


--
-- Name: TABLE platform; Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

GRANT SELECT ON TABLE tenancy.platform TO smartattend_session;
GRANT SELECT ON TABLE tenancy.platform TO smartattend_app;
GRANT SELECT ON TABLE tenancy.platform TO smartattend_auditor;
GRANT SELECT ON TABLE tenancy.platform TO smartattend_operator;


--
-- Name: TABLE tenant_transition; Type: ACL; Schema: tenancy; Owner: smartattend_owner
--

GRANT SELECT ON TABLE tenancy.tenant_transition TO smartattend_operator;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: smartattend_ledger
--

ALTER DEFAULT PRIVILEGES FOR ROLE smartattend_ledger REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: smartattend_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE smartattend_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: smartattend_session
--

ALTER DEFAULT PRIVILEGES FOR ROLE smartattend_session REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


