"""The platform at a glance: the tiles of ``api.superadmin_dashboard``, and how they look on one screen.

The database measures and judges (a tile's ``state`` is well, attention or broken); this only shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from orchestrator import database
from orchestrator.acting import OPERATOR, acting_as

WELL, ATTENTION, BROKEN = "well", "attention", "broken"
STATES = (WELL, ATTENTION, BROKEN)
MARKS = {WELL: ("ok", "green"), ATTENTION: ("look", "yellow"), BROKEN: ("BROKEN", "bold red")}

TITLES = {
    "tenants": "tenants",
    "tenants_unwell": "tenants not well",
    "incidents_platform": "incidents, platform",
    "incidents_tenants": "incidents, tenants",
    "services_unwell": "services",
    "jobs_late": "jobs late",
    "jobs_failing": "jobs failing",
    "deliveries_pending": "deliveries waiting",
    "deliveries_dead": "deliveries given up",
    "reports_stale": "reports stale",
    "flags_open": "flags open",
    "clocks_distrusted": "clocks distrusted",
    "seal_age_s": "seal age",
    "guard_armed": "guard armed",
    "guard_findings": "guard findings",
    "self_test_age_s": "self-test age",
    "last_simulation": "last simulation",
    "platform_sessions": "platform sessions",
    "impersonations": "impersonations",
    "break_glass": "broken glass",
    "break_glass_awaiting_review": "awaiting review",
    "platform_actions_24h": "actions of 24 h",
    "platform_refusals_24h": "refusals of 24 h",
    "platform_people": "platform people",
}
"""The tiles in the order in which they are shown; what the database has besides comes after them."""

AGES = frozenset({"seal_age_s", "self_test_age_s", "last_simulation"})
"""Tiles whose value is seconds."""

DETAIL = 100
"""Characters of a tile's detail on the screen."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One row of the dashboard: a figure, of when it is, and what it says (well, attention, broken)."""

    tile: str
    value: float | None
    as_of: dt.datetime | None
    detail: Any
    state: str

    @property
    def title(self) -> str:
        """What it is called on the screen."""
        return TITLES.get(self.tile, self.tile.replace("_", " "))


def read(connection: psycopg.Connection[Any], token: str) -> list[Tile]:
    """The tiles as they are now, in the order of the screen. Raises ``psycopg.Error`` (SA001 to SA006, SA104)."""
    with acting_as(connection, OPERATOR):
        rows = list(database.call_rows(connection, "superadmin_dashboard", token=token))
    order = {name: place for place, name in enumerate(TITLES)}
    tiles = [
        Tile(
            row["tile"],
            None if row["value"] is None else float(row["value"]),
            row["as_of"],
            row["detail"],
            row["state"],
        )
        for row in rows
    ]
    return sorted(tiles, key=lambda tile: (order.get(tile.tile, len(order)), tile.tile))


def worst(tiles: Sequence[Tile]) -> str:
    """The worst state of them: well, attention or broken."""
    return max((tile.state for tile in tiles), key=STATES.index, default=WELL)


def of_when(tiles: Sequence[Tile]) -> dt.datetime | None:
    """The instant of the figures that were measured now: the latest ``as_of``, by the server's clock."""
    return max((tile.as_of for tile in tiles if tile.as_of is not None), default=None)


def age(seconds: float) -> str:
    """A span in the two greatest units: ``3 d 4 h``, ``12 min``, ``40 s``."""
    left = int(seconds)
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2]) or "0 s"


def value_of(tile: Tile) -> str:
    """The figure as it is shown."""
    if tile.value is None:
        return "-"
    if tile.tile in AGES:
        return age(tile.value)
    if tile.tile == "guard_armed":
        return "yes" if tile.value else "no"
    return f"{tile.value:g}"


def _severities(detail: Mapping[str, Any]) -> str:
    said = []
    for severity in ("1", "2", "3", "4"):
        number = detail.get(severity) or {}
        if number.get("open"):
            late = f" ({number['late']} late)" if number.get("late") else ""
            said.append(f"sev {severity}: {number['open']}{late}")
    if detail.get("tenants"):
        said.append(f"in {detail['tenants']} tenants")
    return ", ".join(said)


def _said(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return ", ".join(f"{name} {_said(item)}" for name, item in value.items())
        case list():
            return ", ".join(_said(item) for item in value)
        case float() | int():
            return f"{value:g}"
    return str(value)


def detail_of(tile: Tile) -> str:
    """What there is to say besides the figure, in one line."""
    detail = tile.detail
    if not detail:
        return ""
    match tile.tile:
        case "incidents_platform" | "incidents_tenants":
            said = _severities(detail)
        case "tenants":
            said = ", ".join(f"{state} {number}" for state, number in detail.items() if number)
        case "platform_sessions" | "reports_stale":
            said = ", ".join(detail)
        case "jobs_late":
            late = [f"{job} {age(seconds)}" for job, seconds in detail["late"].items()]
            never = detail["never_ran"]
            said = ", ".join([*late, *([f"{never} never ran"] if never else [])])
        case "jobs_failing":
            failing = [f"{job} ×{number}" for job, number in detail["failing"].items()]
            inside = detail["in_tenants"]
            said = ", ".join([*failing, *([f"{inside} in tenants"] if inside else [])])
        case "last_simulation":
            said = f"{detail['command']} in {detail['tenant']}: {detail['state']}"
        case "seal_age_s":
            said = f"block {detail['block']}" if detail.get("block") is not None else ""
        case "self_test_age_s":
            said = str(detail.get("result") or "")
        case "platform_people":
            said = ", ".join(f"{role} {len(people)}" for role, people in detail.items())
        case "impersonations" | "break_glass" | "break_glass_awaiting_review":
            said = ", ".join(str(item.get("person")) for item in detail)
        case _:
            said = _said(detail)
    return said if len(said) <= DETAIL else said[: DETAIL - 1] + "…"


def moment(instant: dt.datetime | None, now: dt.datetime | None) -> str:
    """An ``as of``: the time of day in UTC, with its date when that is another."""
    if instant is None:
        return "never"
    there = instant.astimezone(dt.UTC)
    if now is not None and there.date() == now.astimezone(dt.UTC).date():
        return f"{there:%H:%M:%S}"
    return f"{there:%Y-%m-%d %H:%M}"


def screen(tiles: Sequence[Tile], *, width: int | None = None, live: bool = False) -> RenderableType:
    """One screen: a line that says how it is, and a line a tile.

    ``live`` says ``now`` instead of the instant, so that what has not changed looks the same at the next look.
    """
    state = worst(tiles)
    now = of_when(tiles)
    mark, style = MARKS[state]
    bad = [tile.title for tile in tiles if tile.state == BROKEN]
    when = "" if live or now is None else f"  as of {now.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    head = Text.assemble(("SmartAttend  ", "bold"), (mark, style), f"  {', '.join(bad)}" if bad else "", when)
    table = Table(box=None, pad_edge=False, header_style="dim", width=width)
    # widths that do not depend on what is shown: a line that has not changed looks as it did
    table.add_column("", min_width=max(len(mark) for mark, _ in MARKS.values()))
    table.add_column("what", no_wrap=True, min_width=max(map(len, TITLES.values())))
    table.add_column("figure", justify="right", no_wrap=True, min_width=10)
    table.add_column("detail", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("as of", no_wrap=True, min_width=16)
    for tile in tiles:
        mark, style = MARKS[tile.state]
        table.add_row(
            Text(mark, style=style),
            tile.title,
            value_of(tile),
            Text(detail_of(tile)),
            "now" if live and now is not None and tile.as_of == now else moment(tile.as_of, now),
        )
    return Group(head, table)
