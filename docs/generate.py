#!/usr/bin/env python3
"""Write what the documents say about the database from the database itself.

    docs/generate.py               deploy to a throwaway server and write README.md and docs/*.md
    docs/generate.py --dsn URI     the same from a database that is deployed
    docs/generate.py --check       write nothing; name what is stale and exit 1

A document holds a block between two markers, and everything between them is written anew:

    <!-- generated: NAME ARGUMENT… -->
    <!-- end of generated -->

NAME is a function of this file with the decorator ``block``. The output does not depend on the server's version.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402
from psycopg.rows import dict_row  # noqa: E402

from orchestrator import database, machines  # noqa: E402
from orchestrator.errors import SmartAttendError, translate  # noqa: E402
from tests import harness  # noqa: E402

Connection = psycopg.Connection[Any]
Block = Callable[..., str]

BLOCKS: dict[str, Block] = {}
MARKED = re.compile(r"(<!-- generated: (?P<call>[a-z_ -]+) -->\n)(?P<text>.*?)(<!-- end of generated -->)", re.DOTALL)


def block(function: Block) -> Block:
    """Register a block: it takes the connection and the marker's arguments and returns Markdown."""
    BLOCKS[function.__name__] = function
    return function


# --- Markdown --------------------------------------------------------------------------------------------


def cell(value: object) -> str:
    """A value in a table: no pipe and no line break may end the cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(names: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    rows = [list(names), ["---"] * len(names), *([cell(value) for value in line] for line in lines)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def words(names: Iterable[object]) -> str:
    """Names as code, with commas between them."""
    return ", ".join(f"`{name}`" for name in names)


def select(connection: Connection, query: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a query as dicts."""
    with connection.cursor(row_factory=dict_row) as cursor:
        # without values a % in the text is itself
        return cursor.execute(query, values or None).fetchall()


# --- state machines --------------------------------------------------------------------------------------


@block
def state_machines(connection: Connection, *names: str) -> str:
    """Diagram, states and transitions of the named machines; of all, in the order of the plan, without names."""
    found = {machine.machine: machine for machine in machines.read(connection)}
    return "\n".join(_machine(found[name]) for name in names or found)


@block
def state_diagrams(connection: Connection, *names: str) -> str:
    """The diagrams alone."""
    found = {machine.machine: machine for machine in machines.read(connection)}
    return "\n".join(f"**{found[name].title}** (`{found[name].relation}`)\n\n{_diagram(found[name])}" for name in names)


def _diagram(machine: machines.Machine) -> str:
    return f"```mermaid\n{machines.mermaid(machine)}\n```\n"


def _machine(machine: machines.Machine) -> str:
    states = table(
        ["State", "", "Meaning"],
        (
            (
                f"`{state.state}`",
                "start" if state.is_initial else "end" if state.is_terminal else "",
                state.meaning,
            )
            for state in machine.states
        ),
    )
    moves = table(
        ["From", "To", "Via", "Permission", "Asks for"],
        (
            (
                f"`{move.from_state}`" if move.from_state else "(creation)",
                f"`{move.to_state}`",
                f"`{move.via}`",
                f"`{move.permission}`" if move.permission else "",
                machines.conditions(move),
            )
            for move in machine.transitions
        ),
    )
    return "\n".join(
        [
            f"## {machine.title}\n",
            f"Machine `{machine.machine}`, states of the rows of `{machine.relation}`.\n",
            _diagram(machine),
            states,
            moves,
        ]
    )


# --- error codes -----------------------------------------------------------------------------------------


@block
def error_codes(connection: Connection, kind: str) -> str:
    """The registry's codes of one kind: error or refusal."""
    found = select(
        connection,
        'select code, name, retry, meaning, action from core.error_code where kind = %s order by code collate "C"',
        kind,
    )
    return table(
        ["Code", "Name", "Meaning", "What to do", "May pass later"],
        ((f"`{row['code']}`", row["name"], row["meaning"], row["action"], row["retry"]) for row in found),
    )


# --- roles and grants ------------------------------------------------------------------------------------

PURPOSES = {
    "smartattend_app": "applications: the login of a web server, a kiosk gateway, PostgREST",
    "smartattend_operator": "operators and login services: issue tokens, list tenants, operate them",
    "smartattend_auditor": "auditors: read across what they are shown, change nothing",
    "smartattend_deployer": "the login that runs sqitch; acts as the owners and as the operator by set role",
    "smartattend_owner": "owns the domain; only our procedures run as it",
    "smartattend_session": "owns the login sessions and the verifier of tokens, and is their only reader",
    "smartattend_ledger": "owns the evidence, so that a bug in a domain procedure cannot touch it",
    "smartattend_sealer": "the job that seals the ledger, and checks it",
    "smartattend_refresher": "owns the reports and refreshes them, from what it reads of every tenant",
}
"""What each role is for; what it may do is read from the catalog."""

GRANTS = """
select r.rolname as role, 'execute' as right, n.nspname as schema, p.proname as name
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
cross join lateral pg_catalog.aclexplode(p.proacl) as a
inner join pg_catalog.pg_roles as r on r.oid = a.grantee
where r.rolname like 'smartattend\\_%' and a.grantee <> p.proowner and n.nspname !~ '^pg_'
union
select r.rolname, pg_catalog.lower(a.privilege_type), n.nspname, c.relname
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
cross join lateral pg_catalog.aclexplode(c.relacl) as a
inner join pg_catalog.pg_roles as r on r.oid = a.grantee
where r.rolname like 'smartattend\\_%' and a.grantee <> c.relowner and a.privilege_type <> 'REFERENCES'
order by 1, 2, 3, 4
"""

OWNED = """
select pg_catalog.pg_get_userbyid(n.nspowner) as role, n.nspname as schema
from pg_catalog.pg_namespace as n
where pg_catalog.pg_get_userbyid(n.nspowner) like 'smartattend\\_%'
order by 1, 2
"""

ROLES = """
select
  r.rolname as role,
  (
    select pg_catalog.array_agg(g.rolname order by g.rolname)
    from pg_catalog.pg_auth_members as m
    inner join pg_catalog.pg_roles as g on g.oid = m.roleid
    where m.member = r.oid and g.rolname like 'smartattend\\_%'
  ) as member_of
from pg_catalog.pg_roles as r
where r.rolname like 'smartattend\\_%' and not r.rolcanlogin
"""

LISTED = 4
"""So many names of one schema are listed; more are counted."""


@block
def roles(connection: Connection) -> str:
    """Every role with what it is for and what it may do, as granted directly."""
    grants = select(connection, GRANTS)
    owned = select(connection, OWNED)
    found = {row["role"]: row for row in select(connection, ROLES)}
    unknown = sorted(set(found) ^ set(PURPOSES))
    if unknown:
        raise SmartAttendError(f"docs/generate.py does not say what {', '.join(unknown)} is for")
    lines = []
    for role, purpose in PURPOSES.items():
        mine = [grant for grant in grants if grant["role"] == role]
        schemas = [row["schema"] for row in owned if row["role"] == role]
        may_act_as = found[role]["member_of"]
        executes = _per_schema(grant for grant in mine if grant["right"] == "execute")
        reads = _per_schema(grant for grant in mine if grant["right"] == "select")
        writes = _per_schema(grant for grant in mine if grant["right"] in {"insert", "update", "delete", "truncate"})
        own = f"owns {words(schemas)}" if schemas else f"may act as {words(may_act_as)}" if may_act_as else ""
        lines.append((f"`{role}`", purpose, "<br>".join(filter(None, (own, executes))), reads, writes))
    return table(["Role", "For", "May execute", "May read", "May write"], lines)


def _per_schema(grants: Iterable[dict[str, Any]]) -> str:
    names: dict[str, list[str]] = {}
    for grant in grants:
        found = names.setdefault(grant["schema"], [])
        if grant["name"] not in found:
            found.append(grant["name"])
    return "<br>".join(
        f"`{schema}`: {len(found)}" if len(found) > LISTED else words(f"{schema}.{name}" for name in found)
        for schema, found in names.items()
    )


# --- the api ---------------------------------------------------------------------------------------------

PROCEDURES = """
select
  p.proname as name,
  pg_catalog.pg_get_function_arguments(p.oid) as arguments,
  pg_catalog.pg_get_function_result(p.oid) as result,
  pg_catalog.obj_description(p.oid, 'pg_proc') as comment,
  (
    select pg_catalog.array_agg(distinct g.rolname::text order by g.rolname::text)
    from pg_catalog.aclexplode(p.proacl) as a
    inner join pg_catalog.pg_roles as g on g.oid = a.grantee
    where a.grantee <> p.proowner
  ) as roles
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where n.nspname = %s and (%s::text[] is null or p.proname = any (%s::text[]))
order by p.proname collate "C", p.oid::pg_catalog.regprocedure::text collate "C"
"""


@block
def procedures(connection: Connection, schema: str, *names: str) -> str:
    """The procedures of a schema, all or the named ones: call, comment, who may."""
    wanted = list(names) or None
    known = {row["code"]: row for row in select(connection, "select code, name, kind from core.error_code")}
    found = select(connection, PROCEDURES, schema, wanted, wanted)
    unknown = {code for row in found for code in codes_of(row["comment"] or "")} - set(known)
    if unknown:
        raise SmartAttendError(f"no such code: {', '.join(sorted(unknown))}", expected="codes of core.error_code")
    return "\n".join(_procedure(schema, row, known) for row in found)


def _procedure(schema: str, row: dict[str, Any], names: dict[str, dict[str, Any]]) -> str:
    call = f"{schema}.{row['name']}({_lines(row['arguments'])})"
    result = row["result"].replace("SETOF", "setof")
    if columns := re.fullmatch(r"TABLE\((.*)\)", result):
        result = f"table ({_lines(columns[1])})"
    return (
        f"### {schema}.{row['name']}\n\n{row['comment']}\n\n"
        f"```sql\n{call}\nreturns {result.replace(LONG, SHORT)}\n```\n\n"
        f"{_outcomes(codes_of(row['comment'] or ''), names)}Granted to {words(row['roles'] or [])}.\n"
    )


CODES = "../README.md#codes"
SESSION = tuple(f"SA{number:03}" for number in range(1, 7))
"""What every procedure raises for a token that is none; said in one word."""


def codes_of(comment: str) -> list[str]:
    """The codes that a comment names, in order; ``SA001–SA006`` and ``SA001 to SA006`` are all of them."""
    found: set[str] = set()
    for first, last in re.findall(r"SA(\d{3})(?:(?:–| to )SA(\d{3}))?", comment):
        found |= {f"SA{number:03}" for number in range(int(first), int(last or first) + 1)}
    return sorted(found)


def _outcomes(codes: Sequence[str], names: dict[str, dict[str, Any]]) -> str:
    """What a procedure raises and what it refuses, with links to the tables of codes."""
    parts = []
    for kind, verb in (("error", "Raises"), ("refusal", "Refuses with")):
        mine = [code for code in codes if names[code]["kind"] == kind]
        shown = [f"[`{code}`]({CODES}) {names[code]['name']}" for code in mine if code not in SESSION]
        if set(SESSION) <= set(mine):
            shown.insert(0, f"[`{SESSION[0]}`–`{SESSION[-1]}`]({CODES}) for the session")
        else:
            shown = [f"[`{code}`]({CODES}) {names[code]['name']}" for code in mine]
        if shown:
            parts.append(f"{verb} {', '.join(shown)}.")
    return f"{' '.join(parts)}\n\n" if parts else ""


LONG, SHORT = "timestamp with time zone", "timestamptz"


def _lines(arguments: str) -> str:
    """Arguments or columns, one a line; defaults as one would write them."""
    # commas inside of parentheses and quotes do not part them
    parts = [part.strip() for part in re.findall(r"(?:[^,('\"]|\([^)]*\)|'[^']*'|\"[^\"]*\")+", arguments)]
    parts = [
        re.sub(r" DEFAULT (.*?)(?:::[a-z ]+(?:\[\])?)?$", lambda m: f" default {m[1].lower()}", part) for part in parts
    ]
    return "".join(["\n", ",\n".join(f"  {part.replace(LONG, SHORT)}" for part in parts), "\n"]) if parts else ""


VIEWS = """
select
  c.relname as name,
  pg_catalog.obj_description(c.oid, 'pg_class') as comment,
  (
    select pg_catalog.array_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) order by a.attnum)
    from pg_catalog.pg_attribute as a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ) as columns,
  (
    select pg_catalog.array_agg(distinct g.rolname::text order by g.rolname::text)
    from pg_catalog.aclexplode(c.relacl) as a
    inner join pg_catalog.pg_roles as g on g.oid = a.grantee
    where a.grantee <> c.relowner and a.privilege_type = 'SELECT'
  ) as roles
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = 'api' and c.relkind = 'v'
order by c.relname collate "C"
"""


@block
def views(connection: Connection) -> str:
    """The views of api: what their rows are, their columns with their types, who may read them."""
    return "\n".join(
        f"### api.{row['name']}\n\n{row['comment']}\n\n"
        f"{', '.join(f'`{column.replace(LONG, SHORT)}`' for column in row['columns'])}\n\n"
        f"Granted to {words(row['roles'] or [])}.\n"
        for row in select(connection, VIEWS)
    )


TYPES = """
with recursive used (type) as (
  select t.oid
  from pg_catalog.pg_proc as p
  inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
  cross join lateral pg_catalog.unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype) as t (oid)
  where n.nspname = 'api'
  union
  select a.atttypid
  from used as u
  inner join pg_catalog.pg_type as t on t.oid = u.type
  inner join pg_catalog.pg_attribute as a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
)
select
  pg_catalog.format('%s.%s', n.nspname, t.typname) as name,
  pg_catalog.obj_description(t.oid, 'pg_type') as comment,
  pg_catalog.format_type(nullif(t.typbasetype, 0), null) as base,
  (
    select pg_catalog.array_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) order by a.attnum)
    from pg_catalog.pg_attribute as a
    where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
  ) as fields
from used as u
inner join pg_catalog.pg_type as t on t.oid = u.type
inner join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
where n.nspname not in ('pg_catalog', 'information_schema') and t.typtype in ('c', 'd')
order by 1
"""


@block
def types(connection: Connection) -> str:
    """The types of ours that procedures of api take or return, with their fields."""
    return table(
        ["Type", "Meaning", "Fields"],
        (
            (
                f"`{row['name']}`",
                row["comment"],
                words(field.replace(LONG, SHORT) for field in row["fields"] or [row["base"]]),
            )
            for row in select(connection, TYPES)
        ),
    )


@block
def entry_kinds(connection: Connection) -> str:
    """What a value of each kind of field looks like; words and numbers say it with the field."""
    found = select(
        connection,
        """
        select distinct f.kind, core.entry_value_expected(f.kind, null, null, null) as expected
        from core.entry_field as f
        where f.words is null and f.lowest is null
        order by f.kind
        """,
    )
    return table(["Kind", "Value"], ((row["kind"], row["expected"]) for row in found))


@block
def entries(connection: Connection) -> str:
    """The formats of entries, as core.entry_field has them."""
    found = select(connection, 'select * from core.entry_field order by entry collate "C", position')
    parts = []
    for entry in dict.fromkeys(row["entry"] for row in found):
        fields = [row for row in found if row["entry"] == entry]
        parts.append(
            f"### {entry}\n\n"
            + table(
                ["Field", "Kind", "Key", "Required", "Meaning"],
                (
                    (f"`{row['field']}`", _kind(row), row["is_key"], row["is_required"], row["meaning"])
                    for row in fields
                ),
            )
        )
    return "\n".join(parts)


def _kind(row: dict[str, Any]) -> str:
    if row["words"] is not None:
        return "one of " + words(row["words"])
    if row["lowest"] is not None:
        return f"{row['kind']} from {row['lowest']:f} to {row['highest']:f}"
    return str(row["kind"])


# --- integrity -------------------------------------------------------------------------------------------


@block
def integrity_rules(connection: Connection) -> str:
    """The rules F01 to F32."""
    found = select(connection, 'select * from integrity.rule order by rule collate "C"')
    return table(
        ["Rule", "Name", "Severity", "Blocking", "Deterministic", "Meaning"],
        (
            (
                row["rule"],
                row["name"].replace("_", " "),
                row["severity"],
                row["is_blocking"],
                row["is_deterministic"],
                row["meaning"],
            )
            for row in found
        ),
    )


@block
def integrity_parameters(connection: Connection) -> str:
    """What a tenant may tune about the rules."""
    found = select(connection, 'select * from integrity.parameter order by rule collate "C", parameter collate "C"')
    return table(
        ["Rule", "Parameter", "Standard", "Bounds", "Unit", "Meaning"],
        (
            (
                row["rule"],
                f"`{row['parameter']}`",
                row["standard"],
                "" if row["lowest"] is None else f"{row['lowest']:f} to {row['highest']:f}",
                row["unit"],
                row["meaning"],
            )
            for row in found
        ),
    )


# --- roles -----------------------------------------------------------------------------------------------

ROLE_RULES = """
select
  r.*, o.platform, o.level,
  extract(epoch from r.cool_down)::bigint as cool_down_s,
  extract(epoch from r.revalidate_every)::bigint / 86400 as every_days,
  extract(epoch from r.max_duration)::bigint / 86400 as longest_days,
  extract(epoch from r.lapses_after)::bigint / 86400 as lapses_days,
  extract(epoch from r.break_glass_max)::bigint / 60 as glass_minutes
from access.role_rule as r
inner join identity.role as o on o.role = r.role
order by o.platform collate "C" desc, o.level, r.role collate "C"
"""


@block
def role_rules(connection: Connection) -> str:
    """How each role is had."""
    return table(
        [
            *(
                "Role",
                "Level",
                "Approvals",
                "By holders of",
                "At most",
                "Holders",
                "Prerequisite",
                "Asks for",
                "For oneself",
            ),
            *("Cool-down", "Lapses after", "Looked at", "Emergency"),
        ],
        (
            (
                f"`{row['role']}`" + ("" if row["is_enabled"] else " (disabled)"),
                row["level"],
                row["min_approvals"],
                f"`{row['approver_permission']}`",
                "" if row["longest_days"] is None else f"{row['longest_days']} days",
                row["max_holders"],
                row["prerequisite"] and f"`{row['prerequisite']}`",
                ", ".join(what for what in ("reason", "ticket") if row[f"requires_{what}"]),
                row["self_request"],
                "" if not row["cool_down_s"] else f"{row['cool_down_s'] // 3600} h",
                f"{row['lapses_days']} days",
                "" if row["every_days"] is None else f"{row['every_days']} days, {row['overdue_action']}",
                "" if row["glass_minutes"] is None else f"{row['glass_minutes']} min",
            )
            for row in select(connection, ROLE_RULES)
        ),
    )


@block
def role_separations(connection: Connection) -> str:
    """Which roles nobody holds together."""
    found = select(
        connection,
        'select separation, min(meaning) as meaning, array_agg(role order by role collate "C") as roles'
        ' from access.separation group by separation order by separation collate "C"',
    )
    return table(
        ["Not together", "Separation of duty", "Why"],
        ((words(row["roles"]), row["separation"].replace("_", " "), row["meaning"]) for row in found),
    )


@block
def escalation_rules(connection: Connection) -> str:
    """The rules E01 to E20."""
    found = select(connection, 'select * from access.escalation_rule order by rule collate "C"')
    return table(
        ["Rule", "Title", "Weight", "Severity", "Refused", "Meaning"],
        (
            (row["rule"], row["title"], row["weight"], row["severity"], row["is_refused"], row["meaning"])
            for row in found
        ),
    )


# --- files -----------------------------------------------------------------------------------------------


def documents() -> list[Path]:
    """The files that may hold blocks."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def written(connection: Connection, text: str) -> str:
    """``text`` with every block written anew."""

    def fill(match: re.Match[str]) -> str:
        name, *arguments = match["call"].split()
        if name not in BLOCKS:
            raise SmartAttendError(f"there is no block {name}", expected=", ".join(sorted(BLOCKS)))
        return f"{match[1]}\n{BLOCKS[name](connection, *arguments).strip()}\n\n{match[4]}"

    return MARKED.sub(fill, text)


def stale(connection: Connection) -> dict[Path, str]:
    """The documents that do not say what the database says, with what they should."""
    found = {}
    for path in documents():
        text = path.read_text(encoding="utf-8")
        if (new := written(connection, text)) != text:
            found[path] = new
    return found


def run(dsn: str, check: bool) -> int:
    with database.connect(dsn) as connection:
        found = stale(connection)
    for path, text in found.items():
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"{'stale' if check else 'wrote'}: {path.relative_to(ROOT)}")
    if check and found:
        print("write them anew: docs/generate.py", file=sys.stderr)
    return int(check and bool(found))


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes the generated blocks of README.md and docs/*.md.")
    parser.add_argument("--dsn", help="a deployed database; without it a throwaway server is made")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when something is stale")
    options = parser.parse_args()
    try:
        if options.dsn:
            return run(options.dsn, options.check)
        with harness.throwaway(harness.default_programs()) as cluster:
            harness.deploy(cluster, "smartattend_docs")
            return run(cluster.dsn("smartattend_docs"), options.check)
    except (SmartAttendError, psycopg.Error, OSError) as error:
        translate(error).show()
        return 1


if __name__ == "__main__":
    sys.exit(main())
