"""Connecting, calling, keys."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from orchestrator import database, migrations
from orchestrator.database import connect
from orchestrator.errors import InvalidInput, ServerTooOld, ServerUnreachable, server_too_old

once = pytest.mark.once


@once
@pytest.mark.parametrize(
    ("dsn", "expected"),
    [
        ("mydb", {"dbname": "mydb"}),
        ("my db's", {"dbname": "my db's"}),
        ("host=/tmp dbname=x", {"host": "/tmp", "dbname": "x"}),
        ("postgresql://u@h:5433/x", {"user": "u", "host": "h", "port": "5433", "dbname": "x"}),
        ("postgres:///x?host=/run/pg", {"host": "/run/pg", "dbname": "x"}),
        ("db:pg:x", {"dbname": "x"}),
        ("db:pg://u@h/x", {"user": "u", "host": "h", "dbname": "x"}),
    ],
)
def test_every_usual_form_of_an_address_is_read(dsn: str, expected: dict[str, str]) -> None:
    assert database.parse_dsn(dsn) == expected


@once
@pytest.mark.parametrize("dsn", ["", "  ", "nonsense=1", "db:mysql:x", "postgresql://[::1", "host=x d"])
def test_an_unreadable_address_is_a_usage_error(dsn: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        database.parse_dsn(dsn)
    assert caught.value.exit_code == 2


@once
def test_a_password_never_shows_in_an_error() -> None:
    with pytest.raises(InvalidInput) as caught:
        database.parse_dsn("db:mysql://me:secret@host/x")
    assert "secret" not in caught.value.format_message()


@once
def test_libpqs_environment_comes_before_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ServerUnreachable, match="embedded server is not running"):
        database.resolve()
    monkeypatch.setenv("PGDATABASE", "theirs")
    assert database.resolve() == {}
    assert database.resolve("mine") == {"dbname": "mine"}


@once
@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE"])
def test_each_variable_that_names_a_server_chooses_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "5433")
    assert database.resolve() == {}


def test_a_service_of_the_users_own_file_is_found(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = psycopg.conninfo.conninfo_to_dict(database)
    file = tmp_path / "services"
    file.write_text("[mine]\n" + "".join(f"{name}={value}\n" for name, value in values.items()))
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    monkeypatch.setenv("PGSERVICE", "mine")
    with connect() as connection:
        assert connection.info.dbname == values["dbname"]


@once
def test_a_connection_has_a_time_limit_and_a_name() -> None:
    values = psycopg.conninfo.conninfo_to_dict(database.conninfo("x"))
    assert values["connect_timeout"] == str(database.CONNECT_TIMEOUT)
    assert values["application_name"] == "smartattend"
    assert psycopg.conninfo.conninfo_to_dict(database.conninfo("dbname=x connect_timeout=3"))["connect_timeout"] == "3"


@once
def test_every_parameter_of_a_target_becomes_libpqs_environment() -> None:
    environment = migrations.libpq_environment({"host": "/run", "dbname": "x", "password": "p"})
    assert environment == {"PGHOST": "/run", "PGDATABASE": "x", "PGPASSWORD": "p"}
    assert migrations.target_uri({"PGDATABASE": "my db/x"}) == "db:pg:my%20db%2Fx"


@once
def test_keys_are_in_time_order_and_unique() -> None:
    keys = [database.uuid7() for _ in range(2000)]
    assert len(set(keys)) == len(keys)
    assert {key.version for key in keys} == {7}
    assert {key.variant for key in keys} == {uuid.RFC_4122}
    assert [key.int >> 64 for key in keys] == sorted(key.int >> 64 for key in keys)


@once
def test_identifiers_are_quoted() -> None:
    assert database.statement('x"y', ("a", "b c")) == 'select * from "api"."x""y"("a" => %s, "b c" => %s)'


@once
def test_an_old_server_is_named_with_what_is_expected() -> None:
    error = server_too_old(140011)
    assert isinstance(error, ServerTooOld)
    assert "PostgreSQL 14.11" in error.message
    assert error.expected == "PostgreSQL 15 to 18"
    assert "9.6" in server_too_old(90624).message


PROBE = """
create schema api;
create function api.probe(text_value text, number integer, document jsonb, key uuid, token text default null)
returns table (status text, code text, message text, id uuid, revision integer, detail jsonb)
language sql
as $$ select 'accepted', null, text_value, key, number, document $$;
create function api.probe_batch(items jsonb)
returns table (
  ordinal integer, key uuid, status text, code text, message text, id uuid, revision integer, detail jsonb
)
language sql
as $$
  select (item ->> 'n')::integer, (item ->> 'key')::uuid, 'refused', 'SA101', 'no',
    null::uuid, null::integer, null::jsonb
  from jsonb_array_elements(items) as item
$$;
"""


def test_a_call_returns_an_outcome(empty_database: str) -> None:
    key = database.uuid7()
    with database.connect(empty_database) as connection:
        connection.execute(PROBE)
        outcome = database.call(connection, "probe", text_value="it's", number=3, document={"a": [1]}, key=key)
        assert outcome == database.Outcome("accepted", None, "it's", key, 3, {"a": [1]})
        assert outcome.ok
        empty = database.call(connection, "probe", text_value=None, number=None, document=None, key=None)
        assert empty == database.Outcome("accepted", None, None, None, None, None)
        batch = database.call_batch(
            connection, "probe_batch", items=[{"n": 2, "key": str(key)}, {"n": 1, "key": str(key)}]
        )
        assert [row.ordinal for row in batch] == [1, 2]
        assert batch[0].outcome.code == "SA101"
        assert not batch[0].outcome.ok


def test_an_asynchronous_call_returns_an_outcome(empty_database: str) -> None:
    async def run() -> database.Outcome:
        async with await database.connect_async(empty_database) as connection:
            await connection.execute(PROBE)
            return await database.call_async(connection, "probe", text_value="x", number=1, document=None, key=None)

    assert asyncio.run(run()).revision == 1


def test_each_test_has_a_database_of_its_own(database: str, connect: Callable[..., psycopg.Connection[object]]) -> None:
    one, other = connect(), connect(autocommit=False)
    one.execute("create table public.mine ()")
    assert other.execute("select to_regclass('public.mine')").fetchone() != (None,)
    assert database.count("smartattend_")
