"""State machines as the tool shows them: everything that is in the tables, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from click.testing import Result

from orchestrator import machines

Run = Callable[..., Result]


def test_every_machine_is_listed_with_its_counts(
    smartattend: Run, database: str, connection: psycopg.Connection[Any]
) -> None:
    listed = json.loads(smartattend("machine", "list", "--format", "json", "--dsn", database).stdout)
    counted = connection.execute(
        """
        select
          m.machine,
          (select count(*) from core.state as s where s.machine = m.machine),
          (select count(*) from core.transition as t where t.machine = m.machine)
        from core.machine as m
        order by m.machine
        """
    ).fetchall()
    assert [(each["machine"], each["states"], each["transitions"]) for each in listed] == counted
    assert {"tenant", "attendance_record", "register"} <= {each["machine"] for each in listed}


def test_each_diagram_draws_every_transition_and_no_other(
    database: str, connection: psycopg.Connection[Any], smartattend: Run
) -> None:
    for machine in machines.read(connection):
        result = smartattend("machine", "show", machine.machine, "--format", "mermaid", "--dsn", database)
        head, *lines = result.stdout.splitlines()
        assert head == "stateDiagram-v2"
        drawn = set()
        for line in lines:
            match = re.fullmatch(r"  (\S+) --> (\S+?)(?: : (.+))?", line)
            assert match, line
            start = None if match[1] == "[*]" else match[1]
            drawn |= {(start, match[2], via) for via in (match[3] or "").split(" / ")}
        moves = connection.execute(
            "select from_state, to_state, via from core.transition where machine = %s", [machine.machine]
        ).fetchall()
        ends = connection.execute(
            "select state, '[*]', '' from core.state where machine = %s and is_terminal", [machine.machine]
        ).fetchall()
        assert drawn == {*moves, *ends}, machine.machine


def test_one_machine_is_shown_as_text_and_as_json(smartattend: Run, database: str) -> None:
    text = smartattend("machine", "show", "attendance_record", "--dsn", database)
    assert text.exit_code == 0, text.output
    assert "kept for ever" in text.stdout
    assert "attendance.verify" in text.stdout
    assert "the actor is not the subject" in text.stdout
    shown = json.loads(
        smartattend("machine", "show", "attendance_record", "--format", "json", "--dsn", database).stdout
    )
    assert shown["table"] == "attendance.record"
    states = {state["state"]: state for state in shown["states"]}
    assert list(states) == ["recorded", "flagged", "verified", "voided"]
    assert states["voided"]["is_terminal"]
    assert not [move for move in shown["transitions"] if move["from_state"] == "voided"]
    assert len(shown["transitions"]) == 10


def test_an_unknown_machine_is_a_usage_error_that_names_the_known_ones(smartattend: Run, database: str) -> None:
    result = smartattend("machine", "show", "perpetual", "--dsn", database)
    assert result.exit_code == 2
    assert "there is no state machine 'perpetual'" in result.stderr
    assert "attendance_record" in result.stderr


@pytest.mark.parametrize("arguments", [("list",), ("show", "tenant")])
def test_a_database_without_the_schema_is_named(
    arguments: tuple[str, ...], smartattend: Run, empty_database: str
) -> None:
    result = smartattend("machine", *arguments, "--dsn", empty_database)
    assert result.exit_code == 1
    assert "has no SmartAttend schema" in result.stderr


@pytest.mark.once
def test_states_are_ordered_by_a_walk_from_creation() -> None:
    def move(start: str | None, end: str, via: str) -> dict[str, Any]:
        return {
            **{"from_state": start, "to_state": end, "via": via, "permission": None, "requires_reason": False},
            **{"distinct_actors": [], "system_only": False, "guard": None},
        }

    def state(name: str, *, ends: bool = False) -> dict[str, Any]:
        return {"state": name, "is_initial": name == "c", "is_terminal": ends, "meaning": ""}

    machine = machines.Machine.of(
        {
            **{"machine": "m", "title": "M", "relation": "a.b"},
            "states": [state("a", ends=True), state("b"), state("c"), state("d")],
            "transitions": [
                move("c", "a", "stop"),
                move("b", "c", "back"),
                move("c", "b", "go"),
                move(None, "c", "make"),
            ],
        }
    )
    assert [each.state for each in machine.states] == ["c", "b", "d", "a"]
    assert [each.via for each in machine.transitions] == ["make", "go", "stop", "back"]
    assert machines.mermaid(machine).splitlines()[1:] == [
        "  [*] --> c : make",
        "  c --> b : go",
        "  c --> a : stop",
        "  b --> c : back",
        "  a --> [*]",
    ]
