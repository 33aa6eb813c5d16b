"""``smartattend incident``: from the call to the end, for a tenant and for the platform."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from click.testing import Result

from tests import harness

Run = Callable[..., Result]
WHY = "because the test wants it so"


@pytest.fixture
def tool(database: str, smartattend: Run) -> Iterator[Callable[..., Any]]:
    """``tool(who, verb, …)`` runs the command in a session of the school, or of the platform; answers its JSON."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema tap")
        connection.execute(harness.FIXTURE.read_text())
        connection.execute("select tap.school('alpha')")

        def token(who: str) -> str:
            query = "select tap.platform_token(%s)" if who == "root" else "select tap.token('alpha/' || %s)"
            row = connection.execute(query, [who]).fetchone()
            assert row is not None
            return str(row[0])

        def run(who: str, verb: str, *arguments: str, exit_code: int = 0) -> Any:
            given = ["--token", token(who), "--dsn", database, "--format", "json"]
            result = smartattend("incident", verb, *arguments, *given)
            assert result.exit_code == exit_code, result.output
            return json.loads(result.stdout) if exit_code == 0 else result.output

        yield run


def test_an_incident_is_worked_on_until_it_is_closed(tool: Callable[..., Any]) -> None:
    assert tool("officer", "list") == []
    made = tool("officer", "raise", "the roof leaks", "--severity", "2", "--key", "roof")[0]
    assert (made["number"], made["state"]) == (1, "detected")
    assert "SA104" in tool("s1", "raise", "the roof leaks", exit_code=1)
    assert "no incident" in tool("s1", "show", "1", exit_code=2)
    tool("officer", "acknowledge", "1")
    tool("officer", "pause", "1", "--reason", WHY)
    assert tool("admin", "list")[0]["sla"] == "paused"
    tool("officer", "resume", "1", "--reason", WHY)
    assert "SA105" in tool("admin", "investigate", "1", exit_code=1)
    tool("admin", "assign", "1", "--reason", WHY)
    tool("admin", "investigate", "1")
    tool("admin", "mitigate", "1", "--mitigation", WHY)
    tool("admin", "fail", "1", "--reason", WHY)
    tool("admin", "note", "1", "root_cause", WHY, "--confidence", "high")
    assert tool("admin", "resolve", "1", "--fix", WHY)[0]["state"] == "resolved"
    assert "SA105" in tool("admin", "close", "1", "--remediation", WHY, "--prevention", WHY, exit_code=1)
    assert tool("officer", "close", "1", "--remediation", WHY, "--prevention", WHY)[0]["state"] == "closed"
    assert tool("admin", "list") == []
    shown = tool("admin", "show", "1")
    assert shown["state"] == "closed"
    assert {"moved", "occurred", "paged", "stated", "assigned", "paused", "resumed", "met"} <= {
        row["what"] for row in shown["timeline"]
    }
    assert tool("admin", "sla")[0]["episodes"] == 1
    assert tool("admin", "sla", "--episodes")[0]["resolve_met"] is True
    assert tool("admin", "missed") == []


def test_what_is_none_is_dismissed_or_goes_into_another(tool: Callable[..., Any]) -> None:
    for key in ("a", "b", "c"):
        tool("officer", "raise", "trouble", "--key", key)
    assert tool("officer", "dismiss", "1", "--code", "test", "--reason", WHY)[0]["state"] == "dismissed"
    tool("officer", "acknowledge", "2")
    tool("officer", "unacknowledge", "2", "--reason", WHY)
    assert tool("officer", "merge", "2", "--into", "3", "--reason", WHY)[0]["state"] == "dismissed"
    assert [(row["number"], row["occurrences"]) for row in tool("officer", "list")] == [(3, 2)]
    assert len(tool("officer", "list", "--all")) == 3


def test_the_platform_has_its_own(tool: Callable[..., Any]) -> None:
    tool("root", "raise", "the sealer stands still", "--key", "sealer")
    tool("officer", "raise", "the roof leaks")
    assert [row["title"] for row in tool("root", "list")] == ["the sealer stands still"]
    assert [row["title"] for row in tool("officer", "list")] == ["the roof leaks"]
    tool("root", "acknowledge", "1")
    assert tool("root", "show", "1")["state"] == "acknowledged"


def test_a_session_is_named_once(database: str, smartattend: Run) -> None:
    for arguments in (
        ["list"],
        ["list", "--tenant", "x", "--token", "sa_platform_x"],
        ["list", "--as", "a", "--token", "b"],
    ):
        assert smartattend("incident", *arguments, "--dsn", database).exit_code == 2
