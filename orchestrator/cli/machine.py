"""``smartattend machine``: the state machines, drawn from the tables that enforce them."""

from __future__ import annotations

import click

from orchestrator import database, machines
from orchestrator.errors import InvalidInput
from orchestrator.options import dsn_option, examples, format_option
from orchestrator.output import emit, note


@click.group("machine", epilog=examples("smartattend machine list", "smartattend machine show attendance_record"))
def machine() -> None:
    """The state machines: what is not a row of core.transition cannot happen."""


@machine.command("list", epilog=examples("smartattend machine list", "smartattend machine list --format json"))
@format_option
@dsn_option
def list_(fmt: str, dsn: str | None) -> None:
    """List the state machines."""
    with database.connect(dsn) as connection:
        found = machines.read(connection)
    emit(
        [
            {
                "machine": each.machine,
                "title": each.title,
                "table": each.relation,
                "states": len(each.states),
                "transitions": len(each.transitions),
                "starts": [state.state for state in each.states if state.is_initial],
                "ends": [state.state for state in each.states if state.is_terminal],
            }
            for each in found
        ],
        fmt,
        empty="this database has no state machine",
    )


@machine.command(
    epilog=examples(
        "smartattend machine show attendance_record",
        "smartattend machine show tenant --format mermaid > tenant.mmd",
        "smartattend machine show register --format json",
    )
)
@click.argument("name")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(["text", "mermaid", "json"]),
    default="text",
    show_default=True,
    help="How to show it.",
)
@dsn_option
def show(name: str, fmt: str, dsn: str | None) -> None:
    """Show one state machine: its states, and every legal transition with what it asks for."""
    with database.connect(dsn) as connection:
        found = {each.machine: each for each in machines.read(connection)}
    if name not in found:
        raise InvalidInput(
            f"there is no state machine {name!r}", expected=", ".join(found) or "none is deployed", observed=name
        )
    chosen = found[name]
    if fmt == "json":
        emit(
            {
                "machine": chosen.machine,
                "title": chosen.title,
                "table": chosen.relation,
                "states": chosen.states,
                "transitions": chosen.transitions,
            },
            fmt,
        )
    elif fmt == "mermaid":
        click.echo(machines.mermaid(chosen))
    else:
        _text(chosen)


def _text(chosen: machines.Machine) -> None:
    note(f"{chosen.title}: states of {chosen.relation}")
    emit(
        [
            {
                "state": state.state,
                "": "start" if state.is_initial else "end" if state.is_terminal else "",
                "meaning": state.meaning,
            }
            for state in chosen.states
        ]
    )
    emit(
        [
            {
                "from": move.from_state or "(creation)",
                "to": move.to_state,
                "via": move.via,
                "permission": move.permission,
                "asks for": machines.conditions(move),
            }
            for move in chosen.transitions
        ]
    )
