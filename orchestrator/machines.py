"""The state machines as the database holds them, and how to draw them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import psycopg

from orchestrator.acting import READERS, acting_as, rows


@dataclass(frozen=True, slots=True)
class State:
    """A row of ``core.state``."""

    state: str
    is_initial: bool
    is_terminal: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of ``core.transition``; ``from_state`` is None for the creation of a row."""

    from_state: str | None
    to_state: str
    via: str
    permission: str | None
    requires_reason: bool
    distinct_actors: tuple[str, ...]
    system_only: bool
    guard: str | None


@dataclass(frozen=True, slots=True)
class Machine:
    """One state machine: ``relation`` is the table whose rows it governs."""

    machine: str
    title: str
    relation: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    @classmethod
    def of(cls, row: dict[str, Any]) -> Machine:
        """From a row of ``machines.sql``; states and transitions are put into the order of a walk from creation."""
        states = [State(**state) for state in row["states"] or []]
        moves = [
            Transition(**{**move, "distinct_actors": tuple(move["distinct_actors"])})
            for move in row["transitions"] or []
        ]
        order = _walk(states, moves)
        states.sort(key=lambda state: (state.is_terminal, order[state.state]))
        place = {state.state: number for number, state in enumerate(states)}
        moves.sort(key=lambda move: (place.get(move.from_state or "", -1), place[move.to_state], move.via))
        return cls(row["machine"], row["title"], row["relation"], tuple(states), tuple(moves))


def _walk(states: list[State], moves: list[Transition]) -> dict[str, int]:
    """State → its place in a breadth-first walk from creation; unreachable states come last."""
    reached: list[str] = []
    waiting: list[str | None] = [None]
    while waiting:
        here = waiting.pop(0)
        next_ones = Counter(move.to_state for move in moves if move.from_state == here and move.to_state not in reached)
        new = sorted(next_ones, key=lambda state: (-next_ones[state], state))  # the better trodden way first
        reached += new
        waiting += new
    rest = [state.state for state in states if state.state not in reached]
    return {state: number for number, state in enumerate([*reached, *rest])}


def read(connection: psycopg.Connection[Any]) -> list[Machine]:
    """Every state machine, by name."""
    with acting_as(connection, *READERS):
        return [Machine.of(row) for row in rows(connection, "machines")]


def mermaid(machine: Machine) -> str:
    """A Mermaid state diagram: an arrow for each pair of states, labelled with the transitions that make it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for move in machine.transitions:
        names = arrows.setdefault((move.from_state or "[*]", move.to_state), [])
        if move.via not in names:
            names.append(move.via)
    lines = ["stateDiagram-v2"]
    lines += [f"  {one} --> {other} : {' / '.join(names)}" for (one, other), names in arrows.items()]
    lines += [f"  {state.state} --> [*]" for state in machine.states if state.is_terminal]
    return "\n".join(lines)


def conditions(move: Transition) -> str:
    """What a transition asks for besides its permission, in words."""
    parts = ["by the system only"] if move.system_only else []
    parts += ["a reason"] if move.requires_reason else []
    parts += [f"the actor is not the {_words(column)}" for column in move.distinct_actors]
    parts += [move.guard] if move.guard else []
    return "; ".join(parts)


def _words(column: str) -> str:
    return column.removesuffix("_id").replace("_", " ")
