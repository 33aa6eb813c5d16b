"""Mutants: every guard of the deployed database taken away, one at a time, to see which test notices.

The mutants come from the catalog of a deployed test database, so that a new guard has its mutants by itself. Each runs
in a database of its own: clone, break, run the pgTAP files that can notice, stop at the first that goes red.

Which files can notice is measured once, in the unbroken database, and keeps a survivor cheap:

* a file reaches a function when it called it (``track_functions``), and a table when it read or wrote it, names it, or
  called a function whose body names it;
* a check constraint that is dropped, and a condition that becomes false, can only be noticed where the one was
  violated and the other was true: both are wrapped for the measurement in a function that says so;
* a foreign key, a not null and a trigger that refuses every change, when dropped, and a privilege, when granted, can
  only be noticed where their error was expected: files that name its SQLSTATE (style: ``throws_ok`` always does);
* a trigger that does not fire always is only noticed under ``session_replication_role``;
* a file that takes longer than ten seconds (properties of ten thousand devices) is only asked about what it names.

Those that name the object, and those that killed its neighbours, run first; ``everything`` runs all others, too, and is
how this economy is checked. Two rules keep the score honest:

* A check inside a function has to be killed by behaviour: the files in ``tests/catalog`` do not count for it.
* What compares the whole schema (``tests/schema.sql``) is no part of the suite here: it would notice everything and
  prove nothing.

What is not mutated, and why, is :data:`LEFT_OUT`.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString

import psycopg

from orchestrator.cluster import Cluster
from orchestrator.errors import SmartAttendError
from orchestrator.migrations import libpq_environment
from tests import harness

ROOT = harness.ROOT
SOURCE = "smartattend_mutants"
"""The deployed database with pgTAP and the fixture; every mutant is a clone of it."""

LEFT_OUT: Mapping[str, str] = {
    "a trigger disabled": "the same as the trigger dropped",
    "not null of a column of a primary key": "the key implies it",
    "a constraint of type n": "PostgreSQL 18 keeps not null as a constraint, too; the column has its mutant",
    "invoker → definer where only the owner may execute": "the caller is the owner already",
    "execute of an invoker function granted to the application": "it has its caller's rights and opens nothing",
    "usage of a type revoked": "nothing revokes it from public, so that there is nothing to take away",
    "using true on a policy that says true": "nothing changes",
    "a term of a policy that asks early whether there are units for a later term": "it only saves the later term",
    "a check that only two sessions at once can reach": "a pytest plants it; see RACES",
}
"""Rules by which guards have no mutant, each with its reason. None of them may hide a guard that a test could check."""

RACES: Mapping[str, str] = {
    "check api.attendance_replace: SA102 never if not found": (
        "tests/python/test_races.py::test_two_voided_records_with_one_key_and_only_one_is_replaced"
    ),
    "check api.attendance_transition: SA102 never if v_event.key is null": (
        "tests/python/test_races.py::test_two_records_with_one_key_and_only_one_moves"
    ),
}
"""Names of mutants that no single session can notice, each with the pytest that does."""


@dataclass(frozen=True)
class Mutant:
    """One guard taken away: ``statement`` breaks it, ``undo`` mends what is not in the database (roles)."""

    name: str
    kind: str
    statement: str
    relations: frozenset[int] = frozenset()
    functions: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    """Texts by which a test file names the object: ``attendance.event``, the name of a constraint."""
    undo: str = ""
    watch: str = ""
    """What has to have happened in a file for it to notice; see :class:`Watched`."""
    needs: str = ""
    """A regular expression that a file's text has to match for it to notice."""

    @property
    def group(self) -> str:
        """The object, whose other mutants die by the same files."""
        return self.words[0] if self.words else self.kind


DENIED = r"42501|_privilege"
WATCHING = (
    """
    create function tap.kept(what text, holds boolean) returns boolean language plpgsql immutable
    set search_path = pg_catalog, pg_temp as $$
    begin
      if not kept.holds then raise info 'watched %', kept.what; end if;
      return kept.holds;
    end $$
    """,
    """
    create function tap.seen(what text, holds boolean) returns boolean language plpgsql immutable
    set search_path = pg_catalog, pg_temp as $$
    begin
      if seen.holds then raise info 'watched %', seen.what; end if;
      return seen.holds;
    end $$
    """,
    "grant execute on all functions in schema tap to public",
)
"""Functions that tell the client, whatever is rolled back, that a constraint was violated or a condition was true."""
WATCHED = re.compile(r"INFO:  watched (\S+)")


# --- what is there ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Relation:
    oid: int
    label: str
    name: str
    kind: str
    owner: str


@dataclass(frozen=True)
class Function:
    oid: int
    label: str
    """``schema.name``, with its types if the name is used twice."""
    name: str
    signature: str
    language: str
    is_definer: bool
    owner: str
    source: str
    definition: str
    sets_search_path: bool
    executors: list[str]


class Catalog:
    """The deployed database, as far as guards live in it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        # names outside pg_catalog come out with their schema
        connection.execute("set search_path = pg_catalog")
        self.relations = {
            oid: Relation(oid, label, name, kind, owner)
            for oid, label, name, kind, owner in self.rows(
                """
                select oid, label, name, kind::text, owner from tap.our_relation
                where kind in ('r', 'p', 'v', 'm') order by label
                """
            )
        }
        self.functions = {
            row[0]: Function(*row)
            for row in self.rows(
                """
                select
                  p.oid,
                  case when count(*) over (partition by f.schema, f.name) > 1 then p.oid::regprocedure::text
                  else f.schema || '.' || f.name end,
                  f.schema || '.' || f.name, p.oid::regprocedure::text, f.language, f.is_definer, f.owner, p.prosrc,
                  pg_get_functiondef(p.oid), coalesce(array_to_string(p.proconfig, ' ') ~ '\\msearch_path=', false),
                  array(
                    select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end
                    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
                    where a.grantee <> p.proowner
                    order by 1
                  )
                from tap.our_function as f
                inner join pg_proc as p on p.oid = f.oid
                where p.prokind = 'f'
                order by 2
                """
            )
        }

    def rows(self, query: LiteralString) -> list[Any]:
        return self._connection.execute(query).fetchall()

    def mutants(self) -> list[Mutant]:
        """All that one session can notice, in a stable order, each name once."""
        return [mutant for mutant in self.everything() if mutant.name not in RACES]

    def everything(self) -> list[Mutant]:
        """Those in :data:`RACES`, too."""
        makers: list[Callable[[], Iterator[Mutant]]] = [
            self.triggers,
            self.policies,
            self.row_level_security,
            self.views,
            self.relation_privileges,
            self.function_privileges,
            self.other_privileges,
            self.function_attributes,
            self.constraints,
            self.indexes,
            self.columns,
            self.bodies,
            self.roles,
        ]
        found = [mutant for make in makers for mutant in make()]
        seen: Counter[str] = Counter()
        numbered = []
        for mutant in found:
            seen[mutant.name] += 1
            again = seen[mutant.name]
            numbered.append(mutant if again == 1 else replace(mutant, name=f"{mutant.name} #{again}"))
        return numbered

    # --- triggers, policies, row level security

    def triggers(self) -> Iterator[Mutant]:
        for relation, name, enabled, function, refuses in self.rows(
            """
            select
              t.tgrelid, t.tgname::text, t.tgenabled::text, t.tgfoid, t.tgfoid::regproc::text = 'core.refuse_change'
            from pg_trigger as t
            inner join tap.our_relation as r on r.oid = t.tgrelid
            where not t.tgisinternal
            order by r.label, t.tgname
            """
        ):
            label = self.relations[relation].label
            dropped = Mutant(
                f"trigger {label}.{name} dropped",
                "trigger",
                f"drop trigger {name} on {label}",
                frozenset([relation]),
                frozenset([function]),
                (label, name),
                needs="SA02[01]" if refuses else "",
            )
            yield dropped
            if enabled == "A":
                yield replace(
                    dropped,
                    name=f"trigger {label}.{name} not always",
                    statement=f"alter table {label} enable trigger {name}",
                    needs="session_replication_role",
                )

    def policies(self) -> Iterator[Mutant]:
        for relation, name, using, check in self.rows(
            """
            select r.oid, p.name, p.using_expression, p.check_expression
            from tap.our_policy as p
            inner join tap.our_relation as r on r.label = p.label
            order by p.label, p.name
            """
        ):
            label = self.relations[relation].label
            of: dict[str, Any] = {"relations": frozenset([relation]), "words": (label, name)}
            title, target = f"policy {label}.{name}", f"{name} on {label}"
            yield Mutant(f"{title} dropped", "policy", f"drop policy {target}", **of)
            for clause, expression in (("using", using), ("with check", check)):
                if expression in (None, "true", "false"):
                    continue
                yield Mutant(f"{title} {clause} true", "policy", f"alter policy {target} {clause} (true)", **of)
                terms = split_terms(unwrapped(expression), "and")
                for number, term in enumerate(terms) if len(terms) > 1 else ():
                    if only_asks_early(term, terms[number + 1 :]):
                        continue
                    rest = " and ".join(f"({other})" for at, other in enumerate(terms) if at != number)
                    yield Mutant(
                        f"{title} {clause} without {shortened(term)}",
                        "policy term",
                        f"alter policy {target} {clause} ({rest})",
                        **of,
                    )

    def row_level_security(self) -> Iterator[Mutant]:
        for relation in [
            row[0] for row in self.rows("select oid from pg_class where relrowsecurity order by oid::regclass::text")
        ]:
            if relation not in self.relations:
                continue
            label = self.relations[relation].label
            of: dict[str, Any] = {"relations": frozenset([relation]), "words": (label,)}
            yield Mutant(
                f"force row level security off {label}",
                "forced",
                f"alter table {label} no force row level security",
                **of,
            )
            yield Mutant(
                f"row level security off {label}", "forced", f"alter table {label} disable row level security", **of
            )

    def views(self) -> Iterator[Mutant]:
        for view in self.relations.values():
            if view.kind == "v":
                yield Mutant(
                    f"view {view.label} runs as its owner",
                    "view",
                    f"alter view {view.label} reset (security_invoker)",
                    frozenset([view.oid]),
                    words=(view.label,),
                )

    # --- privileges

    def relation_privileges(self) -> Iterator[Mutant]:
        held: dict[int, set[tuple[str, str]]] = defaultdict(set)
        for relation, role, privilege in self.rows(
            """
            select
              c.oid,
              case when a.grantee = 0 then 'public' else a.grantee::regrole::text end,
              lower(a.privilege_type)
            from pg_class as c
            cross join lateral aclexplode(c.relacl) as a
            where a.grantee <> c.relowner
            order by 1, 2, 3
            """
        ):
            held[relation].add((role, privilege))
        for relation in self.relations.values():
            of: dict[str, Any] = {"relations": frozenset([relation.oid]), "words": (relation.label,)}
            there = held[relation.oid]
            for role, privilege in sorted(there):
                yield Mutant(
                    f"privilege {privilege} on {relation.label} revoked from {role}",
                    "privilege revoked",
                    f"revoke {privilege} on {relation.label} from {role}",
                    **of,
                )
            offered = [("smartattend_auditor", "select"), ("smartattend_operator", "select"), ("public", "select")]
            offered += [("smartattend_app", privilege) for privilege in ("select", "insert", "update", "delete")]
            if relation.kind != "r":
                offered = [("public", "select")]
            for role, privilege in offered:
                if (role, privilege) not in there:
                    yield Mutant(
                        f"privilege {privilege} on {relation.label} granted to {role}",
                        "privilege granted",
                        f"grant {privilege} on {relation.label} to {role}",
                        **of,
                        needs=DENIED,
                    )
        for relation, column, role, privilege in self.rows(
            """
            select a.attrelid, a.attname::text, x.grantee::regrole::text, lower(x.privilege_type)
            from pg_attribute as a
            inner join tap.our_relation as r on r.oid = a.attrelid
            cross join lateral aclexplode(a.attacl) as x
            order by 1, 2, 3
            """
        ):
            label = self.relations[relation].label
            yield Mutant(
                f"privilege {privilege} on {label}.{column} revoked from {role}",
                "privilege revoked",
                f"revoke {privilege} ({column}) on {label} from {role}",
                frozenset([relation]),
                words=(label, column),
            )

    def function_privileges(self) -> Iterator[Mutant]:
        for function in self.functions.values():
            of: dict[str, Any] = {"functions": frozenset([function.oid]), "words": (function.name,)}
            for role in function.executors:
                yield Mutant(
                    f"privilege execute on {function.label} revoked from {role}",
                    "privilege revoked",
                    f"revoke execute on function {function.signature} from {role}",
                    **of,
                )
            offered = ["public"]
            if function.is_definer:
                offered.append("smartattend_app")
            for role in offered:
                if role not in function.executors and "public" not in function.executors:
                    yield Mutant(
                        f"privilege execute on {function.label} granted to {role}",
                        "privilege granted",
                        f"grant execute on function {function.signature} to {role}",
                        **of,
                        needs=DENIED,
                    )

    def other_privileges(self) -> Iterator[Mutant]:
        for schema, role, privilege in self.rows(
            """
            select s.name, a.grantee::regrole::text, lower(a.privilege_type)
            from tap.our_schema as s
            inner join pg_namespace as n on n.oid = s.oid
            cross join lateral aclexplode(n.nspacl) as a
            where a.grantee <> n.nspowner
            order by 1, 2, 3
            """
        ):
            yield Mutant(
                f"privilege {privilege} on schema {schema} revoked from {role}",
                "privilege revoked",
                f"revoke {privilege} on schema {schema} from {role}",
                words=(f"{schema}.",),
            )
        for (schema,) in self.rows("select name from tap.our_schema order by name"):
            for privilege, role in (("usage", "public"), ("create", "smartattend_app")):
                yield Mutant(
                    f"privilege {privilege} on schema {schema} granted to {role}",
                    "privilege granted",
                    f"grant {privilege} on schema {schema} to {role}",
                    words=(f"{schema}.",),
                    needs=DENIED,
                )
        for (role,) in self.rows(
            "select distinct defaclrole::regrole::text from pg_default_acl where defaclobjtype = 'f' order by 1"
        ):
            yield Mutant(
                f"default privileges of {role} give execute to public",
                "privilege granted",
                f"alter default privileges for role {role} grant execute on functions to public",
                words=(role,),
                needs=DENIED,
            )

    def roles(self) -> Iterator[Mutant]:
        for (role,) in self.rows(r"select rolname::text from pg_roles where rolname like 'smartattend\_%' order by 1"):
            for attribute in ("superuser", "bypassrls", "login", "inherit"):
                yield Mutant(
                    f"role {role} {attribute}",
                    "role",
                    f"alter role {role} {attribute}",
                    words=(role,),
                    undo=f"alter role {role} no{attribute}",
                    needs=DENIED,
                )
        for owner in ("smartattend_owner", "smartattend_session", "smartattend_ledger"):
            yield Mutant(
                f"role {owner} granted to smartattend_app",
                "role",
                f"grant {owner} to smartattend_app",
                words=(owner,),
                undo=f"revoke {owner} from smartattend_app",
            )
        for role, member in self.rows(
            r"""
            select roleid::regrole::text, member::regrole::text from pg_auth_members
            where member::regrole::text like 'smartattend\_%' order by 1, 2
            """
        ):
            yield Mutant(
                f"role {role} revoked from {member}",
                "role",
                f"revoke {role} from {member}",
                words=(member,),
                undo=f"grant {role} to {member}",
            )

    # --- functions

    def function_attributes(self) -> Iterator[Mutant]:
        for function in self.functions.values():
            of: dict[str, Any] = {"functions": frozenset([function.oid]), "words": (function.name,)}
            if function.sets_search_path:
                yield Mutant(
                    f"search_path reset {function.label}",
                    "search_path",
                    f"alter function {function.signature} reset search_path",
                    **of,
                    needs="search_path",
                )
            if function.is_definer:
                yield Mutant(
                    f"security definer → invoker {function.label}",
                    "security",
                    f"alter function {function.signature} security invoker",
                    **of,
                )
            elif function.executors:
                yield Mutant(
                    f"security invoker → definer {function.label}",
                    "security",
                    f"alter function {function.signature} security definer",
                    **of,
                )

    def bodies(self) -> Iterator[Mutant]:
        for function in self.functions.values():
            for cut in cuts(function.source, function.language):
                at = function.definition.rindex(function.source)
                definition = (
                    function.definition[:at]
                    + function.source[: cut.begin]
                    + cut.text
                    + function.source[cut.end :]
                    + function.definition[at + len(function.source) :]
                )
                yield Mutant(
                    f"check {function.label}: {cut.name}",
                    cut.kind,
                    definition,
                    functions=frozenset([function.oid]),
                    words=(function.name,),
                    watch=f"{function.oid}:{cut.watched}" if cut.watched >= 0 else "",
                )

    def instrumented(self) -> Iterator[tuple[str, str]]:
        """What is watched, and what wraps it: check constraints, and the conditions of checks in functions."""
        for table, domain, name, definition in self.rows(
            """
            select
              c.conrelid, case when c.contypid <> 0 then format_type(c.contypid, null) end,
              c.conname::text, pg_get_constraintdef(c.oid)
            from pg_constraint as c
            inner join tap.our_schema as s on s.oid = c.connamespace
            where c.contype = 'c' and c.conislocal
            order by c.conname
            """
        ):
            if domain is None and table not in self.relations:
                continue
            label = domain or self.relations[table].label
            what = f"alter {'domain' if domain else 'table'} {label}"
            expression, rest = re.fullmatch(
                r"CHECK (\(.*\))((?: NO INHERIT| NOT VALID)*)", definition, re.DOTALL
            ).groups()  # type: ignore[union-attr]
            watched = f"{label}.{name}"
            yield (
                watched,
                f"{what} drop constraint {name}; "
                f"{what} add constraint {name} check (tap.kept('{watched}', {expression})){rest}",
            )
        for function in self.functions.values():
            spans = sorted(
                {(cut.watched, cut.end) for cut in cuts(function.source, function.language) if cut.watched >= 0}
            )
            if not spans:
                continue
            text = function.source
            places = [(begin, f" tap.seen('{function.oid}:{begin}', ") for begin, _ in spans]
            places += [(end, "\n) ") for _, end in spans]
            for place, inserted in sorted(places, reverse=True):
                text = text[:place] + inserted + text[place:]
            at = function.definition.rindex(function.source)
            rest = function.definition[at + len(function.source) :]
            yield "", function.definition[:at] + text + rest

    # --- constraints

    def constraints(self) -> Iterator[Mutant]:
        for relation, domain, name, kind, target in self.rows(
            """
            select
              c.conrelid, case when c.contypid <> 0 then format_type(c.contypid, null) end,
              c.conname::text, c.contype::text, c.confrelid
            from pg_constraint as c
            inner join tap.our_schema as s on s.oid = c.connamespace
            where c.contype in ('c', 'f', 'u', 'p', 'x') and c.conislocal
            order by c.conrelid::regclass::text, c.contypid::regtype::text, c.conname
            """
        ):
            kinds = {"c": "check", "f": "foreign key", "u": "unique", "p": "primary key", "x": "exclusion"}
            if domain is not None:
                yield Mutant(
                    f"constraint {domain}.{name} dropped",
                    "check",
                    f"alter domain {domain} drop constraint {name}",
                    words=(domain, name),
                    watch=f"{domain}.{name}",
                )
            elif relation in self.relations:
                label = self.relations[relation].label
                cascade = " cascade" if kind in "up" else ""
                yield Mutant(
                    f"constraint {label}.{name} dropped",
                    kinds[kind],
                    f"alter table {label} drop constraint {name}{cascade}",
                    frozenset([relation, target] if kind == "f" else [relation]),
                    words=(label, name),
                    watch=f"{label}.{name}" if kind == "c" else "",
                    needs=r"23503|\bfk_ok\b" if kind == "f" else "",
                )

    def indexes(self) -> Iterator[Mutant]:
        for relation, index in self.rows(
            """
            select i.indrelid, i.indexrelid::regclass::text
            from pg_index as i
            inner join tap.our_table as t on t.oid = i.indrelid
            where i.indisunique and not exists (
              select from pg_constraint as c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x')
            )
            order by 2
            """
        ):
            label = self.relations[relation].label
            yield Mutant(
                f"unique index {index} dropped",
                "unique",
                f"drop index {index}",
                frozenset([relation]),
                words=(label, index.rpartition(".")[2]),
            )

    def columns(self) -> Iterator[Mutant]:
        for relation, column in self.rows(
            """
            select a.attrelid, a.attname::text
            from pg_attribute as a
            inner join tap.our_table as t on t.oid = a.attrelid
            where a.attnum > 0 and a.attnotnull and not a.attisdropped and a.attidentity = '' and not exists (
              select from pg_constraint as c
              where c.conrelid = a.attrelid and c.contype = 'p' and a.attnum = any (c.conkey)
            )
            order by t.label, a.attname
            """
        ):
            label = self.relations[relation].label
            yield Mutant(
                f"not null {label}.{column} dropped",
                "not null",
                f"alter table {label} alter column {column} drop not null",
                frozenset([relation]),
                words=(label, column),
                needs="23502",
            )


# --- checks in bodies --------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""
    (?P<skip>--[^\n]*|/\*.*?\*/|\s+)
    |(?P<text>'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|"[^"]*")
    |(?P<word>[A-Za-z_]\w*)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
REFUSES = re.compile(r"core\.(?:fail|fault|refused)\s*\(|ledger\.refuse\s*\(|:=\s*'SA\d\d\d'|return\s+'SA\d\d\d'")
ARM_REFUSES = re.compile(r"\s*(?:'SA\d\d\d'|core\.(?:fault|refused|fail)\s*\()")
CODE = re.compile(r"'(SA\d\d\d)'")


@dataclass(frozen=True)
class Token:
    begin: int
    end: int
    text: str


@dataclass(frozen=True)
class Cut:
    """A text of a body that is replaced."""

    begin: int
    end: int
    text: str
    name: str
    kind: str = "check in a function"
    watched: int = -1
    """Where the condition begins that has to be true for anybody to notice, or -1."""


@dataclass
class Frame:
    """An open bracket, case, if, loop or begin."""

    opened_by: str
    begin: int
    is_simple: bool = False
    at: tuple[int, int] = (-1, -1)
    """Where the present condition begins and ends."""
    body: int = -1
    inner: list[tuple[int, int]] = field(default_factory=list)
    """Ifs inside the present branch."""


def tokens(text: str) -> list[Token]:
    """Words, literals and signs, without blanks and comments."""
    return [
        Token(match.start(), match.end(), match[0].lower() if match["word"] else match[0])
        for match in TOKEN.finditer(text)
        if not match["skip"]
    ]


def shortened(text: str, most: int = 70) -> str:
    text = " ".join(re.sub(r"--[^\n]*", "", text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def unwrapped(expression: str) -> str:
    """Without brackets around the whole."""
    while True:
        text = expression.strip()
        if not text.startswith("("):
            return text
        depth = 0
        for token in tokens(text):
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                if token.end != len(text):
                    return text
                break
        expression = text[1:-1]


def split_terms(expression: str, word: str) -> list[str]:
    """The terms that ``and`` or ``or`` joins, outside brackets, cases and ``between``."""
    terms, begin, depth, pending = [], 0, 0, 0
    for token in tokens(expression):
        if token.text in ("(", "[", "case"):
            depth += 1
        elif token.text in (")", "]", "end"):
            depth -= 1
        elif depth == 0 and token.text == "between":
            pending += 1
        elif depth == 0 and token.text == "and" and pending:
            pending -= 1
        elif depth == 0 and token.text == word:
            terms.append(expression[begin : token.begin].strip())
            begin = token.end
        elif depth == 0 and word == "and" and token.text == "or":
            return [expression]
    return [*terms, expression[begin:].strip()]


EARLY = re.compile(r"\(\s*SELECT \(EXISTS \(\s*SELECT\s+FROM (identity\.session_units\('[a-z_.]+'::text\)).*")


def only_asks_early(term: str, later: Sequence[str]) -> bool:
    """Whether a term asks nothing but that there are units, and a later one is false without those very units."""
    found = EARLY.fullmatch(" ".join(term.split()))
    # "= any" of an empty list is false for every row
    return found is not None and any(
        " OR " not in other
        and re.search(rf"= ANY \(ARRAY\( SELECT u\.unit_id FROM {re.escape(found[1])}", " ".join(other.split()))
        for other in later
    )


def cuts(source: str, language: str) -> list[Cut]:
    """The checks of a body, each taken out: a condition that leads to a refusal becomes false, or loses a term."""
    found: list[Cut] = []
    stack: list[Frame] = [Frame("begin", 0)]
    done = tokens(source)

    def condition(frame: Frame, end: int, refuses: bool, code: str) -> None:
        begin, until = frame.at
        if begin < 0 or not refuses:
            return
        text = source[begin:until]
        ends = "" if text == text.rstrip() else text[len(text.rstrip()) :]
        text = text.strip()
        if "--" in text:
            text += "\n"
        label = f"{code} " if code else ""
        if frame.is_simple:
            found.append(Cut(begin, until, " null" + (ends or " "), f"{label}when {shortened(text)} never"))
            return
        found.append(
            Cut(
                begin,
                until,
                f" false and ({text})" + (ends or " "),
                f"{label}never if {shortened(text)}",
                watched=begin,
            )
        )
        terms = split_terms(text, "or")
        if len(terms) > 1:
            for number, term in enumerate(terms):
                rest = " or ".join(f"({other}\n)" for at, other in enumerate(terms) if at != number)
                found.append(
                    Cut(begin, until, f" {rest} ", f"{label}not because {shortened(term)}", "term of a check", begin)
                )
            return
        inside = re.fullmatch(r"not\s*(\(.*\))", text, re.DOTALL | re.IGNORECASE)
        if inside and unwrapped(inside[1]) != inside[1].strip():
            terms = split_terms(unwrapped(inside[1]), "and")
            for number, term in enumerate(terms) if len(terms) > 1 else ():
                rest = " and ".join(f"({other}\n)" for at, other in enumerate(terms) if at != number)
                found.append(
                    Cut(begin, until, f" not ({rest}) ", f"{label}without {shortened(term)}", "term of a check", begin)
                )

    def branch(frame: Frame, end: int) -> None:
        """An if's branch ends."""
        own = source[frame.body : end]
        for begin, until in reversed(frame.inner):
            own = own[: begin - frame.body] + own[until - frame.body :]
        own = re.sub(r"--[^\n]*", "", own)
        code = CODE.search(own)
        refuses = REFUSES.search(own) is not None
        if frame.at[0] < 0:  # an else has no condition of its own
            return
        condition(frame, end, refuses, code[1] if refuses and code else "")
        frame.inner = []

    for number, token in enumerate(done):
        top = stack[-1]
        before = done[number - 1].text if number else ";"
        after = done[number + 1].text if number + 1 < len(done) else ""
        word = token.text
        if word in ("(", "["):
            stack.append(Frame("(", token.begin))
        elif word in (")", "]"):
            if top.opened_by == "(":
                stack.pop()
        elif word == "case" and before != "end":
            stack.append(Frame("case", token.begin, is_simple=after != "when"))
        elif word == "loop" and before != "end":
            stack.append(Frame("loop", token.begin))
        elif word == "begin" and language == "plpgsql" and number:
            stack.append(Frame("begin", token.begin))
        elif word == "if" and language == "plpgsql" and before in (";", "then", "else", "begin", "loop"):
            stack.append(Frame("if", token.begin, at=(token.end, -1)))
        elif word == "end":
            if top.opened_by == "case":
                arm(source, top, token.begin, condition)
            if after == "if" and top.opened_by == "if":
                branch(top, token.begin)
                stack.pop()
                for frame in reversed(stack):
                    if frame.opened_by == "if":
                        frame.inner.append((top.begin, done[number + 1].end))
                        break
            elif len(stack) > 1 and top.opened_by in ("case", "loop", "begin"):
                stack.pop()
        elif top.opened_by == "if" and word in ("then", "elsif", "else"):
            if word == "then":
                top.at, top.body = (top.at[0], token.begin), token.end
            else:
                branch(top, token.begin)
                top.at = (token.end, -1) if word == "elsif" else (-1, -1)
                top.body = token.end
                top.inner = []
        elif top.opened_by == "case" and word in ("when", "then", "else"):
            if word == "then":
                top.at, top.body = (top.at[0], token.begin), token.end
            else:
                arm(source, top, token.begin, condition)
                top.at = (token.end, -1) if word == "when" else (-1, -1)
                top.body = token.end
    found += unconditional(source, found, done)
    return found


def arm(source: str, frame: Frame, end: int, condition: Callable[[Frame, int, bool, str], None]) -> None:
    """A case's arm ends: it refuses if its result does."""
    if frame.at[0] < 0:
        return
    own = source[frame.body : end]
    refuses = ARM_REFUSES.match(own) is not None
    code = CODE.search(own)
    condition(frame, end, refuses, code[1] if refuses and code else "")


def unconditional(source: str, found: Sequence[Cut], done: Sequence[Token]) -> Iterator[Cut]:
    """Failures that no condition just before them leads to: in an else, or at the end."""
    covered = [cut.end for cut in found]
    for number, token in enumerate(done):
        statement = token.text in ("perform", "return") and number + 1 < len(done)
        if not statement or (number and done[number - 1].text == "then" and done[number - 1].begin in covered):
            continue
        if token.text == "return" and re.fullmatch(r"'SA\d\d\d'", done[number + 1].text):
            yield Cut(token.begin, done[number + 1].end, "return null", f"{done[number + 1].text[1:-1]} not returned")
        elif token.text == "perform" and source.startswith("core.fail", done[number + 1].begin):
            end = next(other.begin for other in done[number:] if other.text == ";")
            code = CODE.search(source[token.begin : end])
            yield Cut(token.begin, end, "null", f"{code[1] if code else 'failure'} not raised")


# --- what reaches what -------------------------------------------------------------------------------------------

REACHED: LiteralString = """
select 'reached'
  || ' ' || coalesce((select string_agg(funcid::text, ',') from pg_stat_user_functions where calls > 0), '')
  || ';' || coalesce((
    select string_agg(relid::text, ',') from pg_stat_user_tables
    where schemaname not in ('tap', 'sqitch')
      and coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd + n_tup_del > 0
  ), '')
"""
RESET = "do $$ begin perform pg_catalog.pg_stat_reset(); end $$"
FLUSH = "do $$ begin perform pg_catalog.pg_stat_force_next_flush(); end $$"
"""Statements before a file and after it; ``track_functions`` has to be ``all``."""


@dataclass
class TestFile:
    """A pgTAP file: its text with what it includes, and what it called, read and wrote in the unbroken database."""

    path: str
    text: str
    functions: frozenset[int] = frozenset()
    relations: frozenset[int] = frozenset()
    watched: frozenset[str] | None = None
    seconds: float = 0.3

    @property
    def is_catalog(self) -> bool:
        return self.path.startswith("tests/catalog/")


def test_files() -> list[TestFile]:
    """Every pgTAP file, by path."""
    files = []
    for path in sorted((ROOT / "tests").rglob("*.pg")):
        text = path.read_text()
        for included in re.findall(r"^\\ir (\S+)", text, re.MULTILINE):
            text += (path.parent / included).read_text()
        files.append(TestFile(str(path.relative_to(ROOT)), text))
    return files


def read_reached(file: TestFile, line: str) -> None:
    functions, _, relations = line.removeprefix("reached ").partition(";")
    file.functions = frozenset(int(oid) for oid in functions.split(",") if oid)
    file.relations = frozenset(int(oid) for oid in relations.split(",") if oid)


class Reach:
    """Which files can notice a mutant, in the order in which they are tried."""

    def __init__(self, catalog: Catalog, files: Sequence[TestFile]) -> None:
        self.files = files
        self.called = frozenset(oid for file in files for oid in file.functions)
        self.naming = {
            relation.oid: frozenset(
                function.oid
                for function in catalog.functions.values()
                if re.search(rf"\b{re.escape(relation.label)}\b", function.source)
            )
            for relation in catalog.relations.values()
        }
        self.tables = frozenset(oid for oid, relation in catalog.relations.items() if relation.kind != "v")
        self._killed: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def learn(self, mutant: Mutant, file: str) -> None:
        with self._lock:
            self._killed[mutant.kind, file] += 1
            self._killed[mutant.group, file] += 1

    def order(self, mutant: Mutant, everything: bool) -> list[TestFile]:
        by_behaviour = mutant.kind in BY_BEHAVIOUR
        files = [file for file in self.files if not (by_behaviour and file.is_catalog)]
        reaching = {file.path for file in files if self._reaches(mutant, file)}
        with self._lock:
            killed = dict(self._killed)

        def key(file: TestFile) -> tuple[bool, float]:
            hope = (4 if file.is_catalog else 1) + 4 * killed.get((mutant.group, file.path), 0)
            if file.is_catalog:
                hope += 2 * killed.get((mutant.kind, file.path), 0)
            place = {part.replace("_", "") for part in file.path.split("/")}
            for number, word in enumerate(mutant.words):
                if re.search(rf"\b{re.escape(word)}\b", file.text):
                    hope += 3 if number == 0 else 12
                if word.rpartition(".")[2].replace("_", "") in place:
                    hope += 6
            return file.path not in reaching, file.seconds / hope

        files.sort(key=key)
        return files if everything else [file for file in files if file.path in reaching]

    def _reaches(self, mutant: Mutant, file: TestFile) -> bool:
        if file.is_catalog:
            return True
        if mutant.needs and not re.search(mutant.needs, file.text):
            return False
        if mutant.watch and file.watched is not None:
            return mutant.watch in file.watched
        if not mutant.relations and not mutant.functions:
            return True
        if any(word in file.text for word in mutant.words[:1]):
            return True
        if file.seconds > SLOW:
            return False
        if mutant.functions & file.functions:
            return True
        for oid in mutant.functions:
            if oid not in self.called and not mutant.relations:
                return True  # it is inlined, so that nothing counts its calls
        for oid in mutant.relations:
            if oid in file.relations or self.naming.get(oid, frozenset()) & file.functions:
                return True
        return False


SLOW = 10.0
"""Seconds after which a file is only asked about what it names."""

BY_BEHAVIOUR = frozenset(["check in a function", "term of a check"])
"""Kinds of mutants that the catalog's tests do not count for."""


# --- running -----------------------------------------------------------------------------------------------------

MARK = "=== "
NOT_OK = re.compile(r"not ok\b(?!.*#\s*(?:skip|todo)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    mutant: Mutant
    killed_by: str = ""
    invalid: str = ""
    files: int = 0
    seconds: float = 0.0

    @property
    def survived(self) -> bool:
        return not self.killed_by and not self.invalid


class Laboratory:
    """A server with the unbroken database, in which mutants are made and judged."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        with psycopg.connect(cluster.dsn(SOURCE)) as connection:
            self.catalog = Catalog(connection)
            self.mutants = self.catalog.mutants()
        self.files = test_files()
        self._reach: Reach | None = None

    @staticmethod
    def prepare(cluster: Cluster) -> None:
        """Make the unbroken database from the deployed template."""
        cluster.create_database(SOURCE, harness.TEMPLATE)
        harness.add_pgtap(cluster, SOURCE, harness.FIXTURE.read_text())

    def environment(self, database: str) -> dict[str, str]:
        return (
            dict(os.environ)
            | libpq_environment(self.cluster.parameters(database))
            | {
                "PGOPTIONS": "-c search_path=tap,public -c client_min_messages=warning "
                "-c statement_timeout=300s -c track_functions=all",
                "PGTZ": "UTC",
            }
        )

    def measure(self, jobs: int) -> None:
        """Run every file in the unbroken database: all have to be green; what each reaches is kept."""
        begin = [self.files[number::jobs] for number in range(jobs)]
        with ThreadPoolExecutor(jobs) as pool:
            for said in pool.map(self._measure, begin):
                if said:
                    raise SmartAttendError("the tests are not green without a mutant", observed=said)

    def reached(self, reached: Mapping[str, str]) -> None:
        """Take what tests/run saw instead of measuring: what was called and read; conditions were not watched."""
        for file in self.files:
            if file.path in reached:
                read_reached(file, reached[file.path])

    def _measure(self, files: Sequence[TestFile]) -> str:
        name, plain = self._clone(), self._clone()
        try:
            with psycopg.connect(self.cluster.dsn(name)) as connection:
                for statement in WATCHING:
                    connection.execute(statement)
                for _, wrapping in Catalog(connection).instrumented():
                    connection.execute(wrapping.encode())
            for file in files:
                begin = time.monotonic()
                said = self._psql(
                    plain if file.is_catalog else name, ["-c", RESET, "-f", file.path, "-c", FLUSH, "-c", REACHED]
                )
                file.seconds = time.monotonic() - begin
                lines = said.stdout.splitlines()
                if said.returncode or any(NOT_OK.match(line) for line in lines) or not lines[-1].startswith("reached"):
                    return f"{file.path}\n{said.stdout}\n{said.stderr}"
                read_reached(file, lines[-1])
                file.watched = frozenset(WATCHED.findall(said.stderr))
        finally:
            self.cluster.drop_database(name)
            self.cluster.drop_database(plain)
        return ""

    def _psql(self, database: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.cluster.programs / "psql", "-qXAt", "-v", "ON_ERROR_STOP=1", *arguments],
            cwd=ROOT,
            env=self.environment(database),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    def _clone(self) -> str:
        with self._lock:
            name = f"{SOURCE}_{next(self._numbers)}"
        # wal_log, the default: on a database of 16 MB it is as fast as a copy of files, and needs no checkpoint
        self.cluster.create_database(name, SOURCE)
        return name

    @property
    def reach(self) -> Reach:
        if self._reach is None:
            self._reach = Reach(self.catalog, self.files)
        return self._reach

    def judge(self, mutant: Mutant, everything: bool = False) -> Verdict:
        """Make the mutant, run what can notice it until something does."""
        begin = time.monotonic()
        name = self._clone()
        try:
            try:
                with psycopg.connect(self.cluster.dsn(name), autocommit=True) as connection:
                    connection.execute("set check_function_bodies = on")
                    connection.execute(mutant.statement.encode())
            except psycopg.Error as error:
                return Verdict(mutant, invalid=str(error).splitlines()[0])
            killer, ran = self._run_until_red(name, self.reach.order(mutant, everything))
            if killer:
                self.reach.learn(mutant, killer)
            elif not everything:
                # On a slow day a file seems to reach less than it does: nothing survives that not every file let pass.
                killer, more = self._run_until_red(name, self.reach.order(mutant, True))
                ran += more
            return Verdict(mutant, killer, "", ran, time.monotonic() - begin)
        finally:
            if mutant.undo:
                with psycopg.connect(self.cluster.dsn("postgres"), autocommit=True) as connection:
                    connection.execute(mutant.undo.encode())
            self.cluster.drop_database(name)

    def _run_until_red(self, database: str, files: Sequence[TestFile]) -> tuple[str, int]:
        """One session runs file after file, which saves the time to warm up; returns who noticed, and how many ran."""
        arguments: list[str] = []
        for file in files:
            arguments += ["-c", f"\\echo {MARK}{file.path}", "-f", file.path, "-c", "deallocate all"]
        with subprocess.Popen(
            [self.cluster.programs / "psql", "-qXAt", "-v", "ON_ERROR_STOP=1", *arguments],
            cwd=ROOT,
            env=self.environment(database),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        ) as psql:
            assert psql.stdout is not None
            at, ran, planned, done = "", 0, 0, 0
            for line in psql.stdout:
                if line.startswith(MARK):
                    if planned != done:
                        break
                    at, ran, planned, done = line.removeprefix(MARK).strip(), ran + 1, 0, 0
                elif NOT_OK.match(line):
                    planned = -1
                    break
                elif line.startswith("ok "):
                    done += 1
                elif line.startswith("1.."):
                    planned = int(line[3:].split()[0])
            red = planned != done
            if red:
                psql.kill()
            else:
                red = psql.wait() != 0
        return (at if red else ""), ran


SURVIVORS = ROOT / "tests" / "survivors.txt"
"""Survivors that are known, by name: debts, which the list may only lose. They count as survivors in every score."""


def known_survivors() -> frozenset[str]:
    """Names in :data:`SURVIVORS`; what is listed fails a full run, and does not fail the sample of every test run."""
    if not SURVIVORS.exists():
        return frozenset()
    lines = SURVIVORS.read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


# --- many --------------------------------------------------------------------------------------------------------


def sample(mutants: Sequence[Mutant], number: int, seed: str) -> list[Mutant]:
    """The same mutants for the same seed: a kind by turns, so that many privileges do not crowd out few triggers."""
    chance = random.Random(seed)
    kinds: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        kinds[mutant.kind].append(mutant)
    for of_kind in kinds.values():
        chance.shuffle(of_kind)
    turns = [list(kinds[kind]) for kind in sorted(kinds)]
    chance.shuffle(turns)
    drawn: list[Mutant] = []
    while turns and len(drawn) < number:
        for of_kind in list(turns):
            drawn.append(of_kind.pop())
            if not of_kind:
                turns.remove(of_kind)
    return drawn[:number]


def judge_all(
    laboratory: Laboratory,
    mutants: Collection[Mutant],
    jobs: int,
    everything: bool,
    tell: Callable[[Verdict, int], None],
) -> list[Verdict]:
    """Judge them side by side; those that change a role of the whole server come last, alone."""
    verdicts: list[Verdict] = []

    def keep(verdict: Verdict) -> None:
        verdicts.append(verdict)
        tell(verdict, len(verdicts))

    lock = threading.Lock()

    def one(mutant: Mutant) -> None:
        verdict = laboratory.judge(mutant, everything)
        with lock:
            keep(verdict)

    with ThreadPoolExecutor(jobs) as pool:
        try:
            list(pool.map(one, [mutant for mutant in mutants if not mutant.undo]))
        except BaseException:
            pool.shutdown(cancel_futures=True)  # whoever stops the run does not wait for the rest
            raise
    for mutant in mutants:
        if mutant.undo:
            one(mutant)
    return verdicts


def score(verdicts: Sequence[Verdict]) -> list[str]:
    """A line a kind, and one for all: killed/valid, and what was invalid."""
    kinds: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        kinds[verdict.mutant.kind].append(verdict)
    lines = [score_line(kind, kinds[kind]) for kind in sorted(kinds)]
    return [*lines, score_line("all", verdicts)]


def score_line(title: str, verdicts: Sequence[Verdict]) -> str:
    killed = sum(bool(verdict.killed_by) for verdict in verdicts)
    invalid = sum(bool(verdict.invalid) for verdict in verdicts)
    line = f"{title:<20} {killed}/{len(verdicts) - invalid} killed"
    return f"{line}, {invalid} invalid" if invalid else line
