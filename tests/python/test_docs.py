"""``docs/api.md`` says of the api what the catalog says: all of it, with what it takes, returns, raises and who may."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from docs import generate
from orchestrator.errors import SmartAttendError

once = pytest.mark.once

Connection = psycopg.Connection[Any]

PROCEDURES = """
select p.proname, coalesce(p.proargnames, '{}'), obj_description(p.oid, 'pg_proc'), p.prosrc
from pg_proc as p
where p.pronamespace = 'api'::regnamespace
order by 1
"""


def sections(text: str) -> dict[str, str]:
    """The sections of generated Markdown by their headings."""
    parts = re.split(r"^### (\S+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_procedure_is_listed_with_parameters_results_comment_and_roles(connection: Connection) -> None:
    found = sections(generate.procedures(connection, "api"))
    rows = connection.execute(PROCEDURES).fetchall()
    assert len(rows) > 30
    assert set(found) == {f"api.{name}" for name, *_ in rows}
    for name, arguments, comment, _ in rows:
        text = found[f"api.{name}"]
        assert comment in text
        code = text.split("```")[1]
        assert all(re.search(rf"^  {argument} ", code, re.MULTILINE) for argument in arguments), name
        assert "\nreturns " in code
        assert "token text default null" in code
        assert "Granted to `smartattend_" in text


def test_every_code_of_a_comment_is_linked_with_its_name(connection: Connection) -> None:
    found = sections(generate.procedures(connection, "api"))
    names = dict(connection.execute("select code, name from core.error_code").fetchall())
    for name, _, comment, _ in connection.execute(PROCEDURES).fetchall():
        codes = set(generate.codes_of(comment)) - set(generate.SESSION)
        for code in codes:
            assert f"[`{code}`](../README.md#codes) {names[code]}" in found[f"api.{name}"], name


def test_a_procedure_names_the_codes_that_its_body_has(connection: Connection) -> None:
    missing = {
        name: sorted(codes)
        for name, _, comment, body in connection.execute(PROCEDURES).fetchall()
        if (codes := set(re.findall(r"'(SA\d{3})'", body)) - {"SA000"} - set(generate.codes_of(comment)))
    }
    assert not missing


def test_every_view_is_listed_with_columns_types_and_roles(connection: Connection) -> None:
    found = sections(generate.views(connection))
    rows = connection.execute(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class as c"
        " inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0"
        " where c.relnamespace = 'api'::regnamespace and c.relkind = 'v'"
    ).fetchall()
    assert set(found) == {f"api.{name}" for name, *_ in rows}
    for name, column, kind in rows:
        assert f"`{column} {kind.replace(generate.LONG, generate.SHORT)}`" in found[f"api.{name}"]
    assert all("Granted to `smartattend_" in text for text in found.values())


def test_types_of_ours_are_listed_with_their_fields(connection: Connection) -> None:
    text = generate.types(connection)
    assert "| `core.outcome` |" in text
    assert "| `core.batch_outcome` |" in text
    assert "`revision integer`" in text


def test_a_code_that_is_none_fails_the_generation(connection: Connection) -> None:
    connection.execute("comment on function api.check_in_batch(jsonb, text) is 'Raises SA999.'")
    with pytest.raises(SmartAttendError, match="SA999"):
        generate.procedures(connection, "api")


@pytest.mark.parametrize(
    "change",
    [
        "comment on function api.check_in_batch(jsonb, text) is 'Something else. Raises SA010.'",
        "revoke execute on function api.check_in_batch(jsonb, text) from smartattend_app",
        "create view api.another as select 1 as one",
        "alter function api.check_in_batch(jsonb, text) rename to check_in_many",
        "update core.transition set guard = 'whatever' where machine = 'register' and via = 'open'",
    ],
)
def test_a_change_of_the_catalog_makes_a_document_stale(connection: Connection, change: str) -> None:
    before = {path: generate.written(connection, path.read_text(encoding="utf-8")) for path in generate.documents()}
    connection.execute(change)
    assert any(generate.written(connection, text) != text for text in before.values())


@once
def test_codes_are_read_from_a_comment() -> None:
    assert generate.codes_of("Errors SA001–SA003, SA010; refusals SA104 to SA106.") == [
        *("SA001", "SA002", "SA003", "SA010", "SA104", "SA105", "SA106"),
    ]
    assert generate.codes_of("Nothing.") == []
