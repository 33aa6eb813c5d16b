"""The command line: clear sentences, right exit codes, no traceback."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner, Result

from orchestrator import cli as package
from orchestrator import errors, migrations
from orchestrator.cli import cli, module_names

Run = Callable[..., Result]
once = pytest.mark.once


def commands(group: click.Command, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command below ``group`` with its path."""
    found = [(path, group)]
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None, f"{name} is listed and cannot be loaded"
            found += commands(command, (*path, name))
    return found


ALL = commands(cli)


@once
@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=[" ".join(path) or "smartattend" for path, _ in ALL])
def test_every_command_has_help(path: tuple[str, ...], smartattend: Run) -> None:
    result = smartattend(*path, "--help")
    assert result.exit_code == 0, result.output
    assert "Usage: smartattend" in result.output


@once
@pytest.mark.parametrize(
    ("path", "command"),
    ALL,
    ids=[" ".join(path) or "smartattend" for path, _ in ALL],
)
def test_every_command_says_what_it_does_and_shows_an_example(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help, "no help text"
    assert "smartattend" in (command.epilog or ""), "no example in the epilog"
    undocumented = [
        parameter.name
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help and not parameter.hidden
    ]
    assert not undocumented, f"options without help: {undocumented}"


@once
@pytest.mark.parametrize("name", sorted(set(module_names().values())))
def test_every_command_module_can_be_imported(name: str) -> None:
    importlib.import_module(f"{package.__name__}.{name}")


@once
def test_the_names_of_commands_are_those_of_their_modules(tmp_path: Path) -> None:
    for name in ("import_.py", "time_drift.py", "_hidden.py"):
        (tmp_path / name).touch()
    names = module_names([str(tmp_path)])
    assert names["import"] == "import_"
    assert names["time-drift"] == "time_drift"
    assert names["deploy"] == names["plan"] == "deploy"
    assert "_hidden" not in names.values()


@once
def test_a_command_whose_module_is_broken_does_not_break_the_others(
    smartattend: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "module_names", lambda: {"db": "db", "broken": "no_such_module"})
    assert "db" in smartattend("--help").output
    result = smartattend("broken", "--whatever", "x")
    assert result.exit_code == 1
    assert "the command broken is not available" in result.output
    assert "no_such_module" in result.output


@once
@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("db", "nonsense"), ("db", "up", "--nonsense"), ("deploy", "--format", "x"), ("revert",)],
)
def test_a_wrong_command_line_exits_with_2(arguments: tuple[str, ...], smartattend: Run) -> None:
    assert smartattend(*arguments).exit_code == 2


@once
@pytest.mark.parametrize("command", [("deploy",), ("verify",), ("plan",), ("revert", "--all", "--yes")])
def test_without_a_database_one_sentence_says_what_to_do(command: tuple[str, ...], smartattend: Run) -> None:
    result = smartattend(*command)
    assert result.exit_code == 1
    assert "smartattend db up" in result.output
    assert "Traceback" not in result.output


@once
@pytest.mark.parametrize("command", [("deploy",), ("verify",), ("plan",)])
def test_an_unreachable_server_is_one_sentence(command: tuple[str, ...], smartattend: Run) -> None:
    result = smartattend(*command, "--dsn", "postgresql://me:secret@127.0.0.1:1/x")
    assert result.exit_code == 1
    assert "cannot reach the database server" in result.output
    assert "secret" not in result.output


@once
@pytest.mark.parametrize("dsn", ["nonsense=1", "", " "])
def test_an_unreadable_dsn_exits_with_2(dsn: str, smartattend: Run) -> None:
    assert smartattend("plan", "--dsn", dsn).exit_code == 2


@once
def test_a_server_that_is_too_old_is_one_sentence(smartattend: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def old(*_: object, **__: object) -> None:
        raise errors.server_too_old(140005)

    monkeypatch.setattr("orchestrator.database.connect", old)
    result = smartattend("plan", "--dsn", "x")
    assert result.exit_code == 1
    assert "expected: PostgreSQL 15 to 18" in result.output
    assert "observed: PostgreSQL 14.5" in result.output


def test_a_missing_database_is_one_sentence(server: object, database: str, smartattend: Run) -> None:
    values = psycopg.conninfo.conninfo_to_dict(database) | {"dbname": "no_such_database"}
    result = smartattend("plan", "--dsn", psycopg.conninfo.make_conninfo("", **values))
    assert result.exit_code == 1
    assert "no_such_database" in result.output


def test_what_is_deployed_is_compared_with_the_plan(database: str, empty_database: str, smartattend: Run) -> None:
    result = smartattend("plan", "--dsn", database, "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["state"] == "up to date"
    result = smartattend("plan", "--dsn", empty_database, "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["state"] == "empty"
    assert "smartattend deploy" in result.stderr


def test_doctor_finds_a_deployed_database_well_but_for_the_tests_fsync(database: str, smartattend: Run) -> None:
    result = smartattend("doctor", "--dsn", database, "--format", "json")
    checks = {check["check"]: check for check in json.loads(result.stdout)}
    wrong = [name for name, check in checks.items() if check["state"] == "wrong"]
    assert wrong == ["durability"], checks
    assert result.exit_code == 1
    assert checks["deployed changes"]["observed"].startswith("up to date")


def test_doctor_says_that_an_empty_database_wants_a_deployment(empty_database: str, smartattend: Run) -> None:
    result = smartattend("doctor", "--dsn", empty_database, "--format", "json")
    checks = {check["check"]: check for check in json.loads(result.stdout)}
    assert checks["deployed changes"]["state"] == "wrong"
    assert checks["deployed changes"]["to_do"] == "smartattend deploy"


def test_doctor_warns_of_just_in_time_compilation(database: str, smartattend: Run) -> None:
    found = {}
    for jit in ("on", "off"):
        dsn = psycopg.conninfo.make_conninfo(database, options=f"-c jit={jit}")
        checks = json.loads(smartattend("doctor", "--dsn", dsn, "--format", "json").stdout)
        found[jit] = next((check["state"], check["to_do"]) for check in checks if check["check"] == "jit")
    assert found["on"][0] == "warning"
    assert "alter system set jit = off" in found["on"][1]
    assert found["off"] == ("ok", "")


@once
def test_doctor_goes_on_without_a_server(smartattend: Run) -> None:
    result = smartattend("doctor", "--format", "json")
    checks = {check["check"]: check for check in json.loads(result.stdout)}
    assert checks["server"]["state"] == "wrong"
    assert checks["sqitch"]["state"] == "ok"
    assert result.exit_code == 1


@once
def test_the_embedded_server_by_command_line(
    smartattend: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("SMARTATTEND_HOME", str(tmp_path_factory.mktemp("embedded")))
    state = json.loads(smartattend("db", "status", "--format", "json").stdout)
    assert state["state"] == "not initialised"
    try:
        first = smartattend("db", "up")
        assert first.exit_code == 0, first.output
        assert "started" in first.stderr
        assert "already running" in smartattend("db", "up").stderr
        state = json.loads(smartattend("db", "status", "--format", "json").stdout)
        assert state["state"] == "running"
        assert state["databases"].keys() == {"postgres", "smartattend"}
        assert smartattend("plan").exit_code == 1, "empty"
        refused = smartattend("db", "reset", input="n\n")
        assert refused.exit_code == 2
        assert "nothing was deleted" in refused.output
        assert "stopped" in smartattend("db", "down").stderr
        assert "was not running" in smartattend("db", "down").stderr
    finally:
        assert smartattend("db", "reset", "--yes").exit_code == 0
    assert "nothing to delete" in smartattend("db", "reset", "--yes").stderr


@once
@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (errors.InvariantBroken("x"), 3, "x"),
        (errors.Inconclusive("x"), 4, "x"),
        (errors.InvalidInput("x"), 2, "x"),
        (psycopg.errors.UndefinedFunction("function api.x() does not exist"), 1, "run: smartattend deploy"),
        (psycopg.errors.InvalidSchemaName('schema "api" does not exist'), 1, "run: smartattend deploy"),
        (psycopg.errors.InsufficientPrivilege("permission denied for schema api"), 1, "table of roles"),
        (psycopg.OperationalError("connection refused"), 1, "cannot reach the database server"),
        (
            psycopg.errors.InsufficientPrivilege('permission denied to set role "smartattend_app"'),
            1,
            "to do: grant smartattend_app to",
        ),
        (UnicodeDecodeError("utf-8", b"\xff" * 1000, 0, 1, "invalid start byte"), 2, "is not UTF-8"),
        (UnicodeEncodeError("utf-8", "://me:secret@\udcff", 13, 14, "surrogates"), 2, "://me:***@"),
        (FileNotFoundError(2, "No such file or directory", "x.xml"), 1, "x.xml: No such file or directory"),
    ],
)
def test_each_error_is_a_sentence_with_its_exit_code(error: Exception, code: int, text: str) -> None:
    @click.command("fail")
    def fail() -> None:
        raise error

    root = package.Tool("smartattend")
    root.get_command = lambda *_: fail  # type: ignore[method-assign]
    result = CliRunner().invoke(root, ["fail"])
    assert result.exit_code == code
    assert text in result.output
    assert "Traceback" not in result.output


def test_an_error_of_the_schema_shows_code_message_detail_and_hint(empty_database: str, smartattend: Run) -> None:
    with psycopg.connect(empty_database) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(
            "do $$ begin raise exception using errcode = 'SA013', message = 'no reason', "
            """detail = '{"observed": "x", "expected": "ten letters"}', hint = 'say why'; end $$"""
        )
    shown = errors.translate(caught.value).format_message()
    assert shown.splitlines()[0] == "SA013: no reason"
    assert 'observed "x", expected "ten letters"' in shown
    assert "to do: say why" in shown


def test_an_argument_that_is_not_utf_8_is_a_usage_error(database: str, smartattend: Run) -> None:
    result = smartattend("tenant", "show", "\udcff", "--dsn", database)
    assert result.exit_code == 2, result.output
    assert "is not UTF-8" in result.stderr
    assert "observed: '\\udcff'" in result.stderr
    assert "Traceback" not in result.output


@once
def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch, smartattend: Run) -> None:
    monkeypatch.setenv("SMARTATTEND_DEBUG", "0")
    assert "Traceback" in smartattend("--debug", "plan").output


def test_deploy_verify_and_revert_go_as_far_as_they_are_told(
    empty_database: str, smartattend: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Through the whole way: --dsn, libpq's environment, sqitch, psql."""

    def deployed() -> tuple[str, int]:
        state = json.loads(smartattend("plan", "--format", "json").stdout)
        return state["last"], state["deployed"]

    assert smartattend("deploy", "--to", "default_privileges", "--dsn", empty_database).exit_code == 0
    assert "default_privileges" in capfd.readouterr().out
    for name, value in migrations.libpq_environment(
        {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(empty_database).items()}
    ).items():
        monkeypatch.setenv(name, value)
    assert smartattend("deploy", "--to", "core/schema").exit_code == 0
    assert deployed() == ("core/schema", 3)
    assert smartattend("verify").exit_code == 0
    assert "Verify successful" in capfd.readouterr().out
    assert smartattend("revert", "--to", "roles", input="n\n").exit_code != 0
    assert deployed() == ("core/schema", 3)
    assert smartattend("revert", "--to", "roles", "--yes").exit_code == 0
    assert deployed() == ("roles", 1)
    refused = smartattend("revert", "--to", "no_such_change", "--yes")
    assert refused.exit_code == 1
    assert "sqitch revert failed" in refused.output
    assert smartattend("revert", "--all", "--yes").exit_code == 0
    assert json.loads(smartattend("plan", "--format", "json").stdout)["state"] == "empty"
