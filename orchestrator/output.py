"""One way to show results: a table for people, JSON or CSV for programs.

Results go to stdout, progress and remarks to stderr.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import decimal
import enum
import io
import itertools
import json
import sys
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml
from rich import box
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

Row = Mapping[str, Any]

FORMATS = ("table", "json", "yaml", "csv")
STRUCTURED = ("json", "yaml")
"""Formats that show what is not flat."""


def stderr() -> Console:
    """The console for progress and remarks."""
    return Console(stderr=True, highlight=False)


def note(message: str) -> None:
    """Say something on stderr."""
    click.echo(message, err=True)


def plain(value: object) -> Any:
    """``value`` made of JSON's types only.

    Instants become ISO 8601, durations seconds, decimals strings of digits, bytes hex.
    Raises ``TypeError`` for anything it does not know.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return value.total_seconds()
        case decimal.Decimal() | uuid.UUID() | Path():
            return str(value)
        case enum.Enum():
            return plain(value.value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case Iterable():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"cannot show a value of type {type(value).__name__}")


def to_json(value: object, *, indent: int | None = 2) -> str:
    """``value`` as JSON text with the rules of :func:`plain`."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False)


def to_yaml(value: object) -> str:
    """``value`` as YAML with the rules of :func:`plain`; strings that YAML would read as something else are quoted."""
    return str(yaml.safe_dump(plain(value), allow_unicode=True, sort_keys=False, width=120))


def _cell(value: object) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _as_row(item: Row | object) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return dict(item)
    value = plain(item)
    if not isinstance(value, dict):
        raise TypeError(f"a row must be a mapping or a dataclass, not {type(item).__name__}")
    return value


def emit(
    rows: Iterable[Row | object] | Row,
    fmt: str = "table",
    *,
    columns: Sequence[str] | None = None,
    title: str | None = None,
    empty: str = "nothing to show",
) -> None:
    """Print ``rows`` (mappings or dataclasses) to stdout as ``fmt``: table, json, yaml or csv.

    A single mapping is one record: two columns in a table, one object in JSON and YAML.
    ``columns`` chooses and orders what a table or CSV shows (default: the first row's keys).
    """
    single = isinstance(rows, Mapping)
    records = [dict(rows)] if isinstance(rows, Mapping) else [_as_row(item) for item in rows]
    if fmt == "json":
        click.echo(to_json(records[0] if single else records))
        return
    if fmt == "yaml":
        click.echo(to_yaml(records[0] if single else records), nl=False)
        return
    names = list(columns) if columns else list(dict.fromkeys(key for record in records for key in record))
    if fmt == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_cell(record.get(name)) for name in names] for record in records)
        click.echo(buffer.getvalue(), nl=False)
        return
    if fmt != "table":
        raise ValueError(f"unknown format {fmt!r}: one of {', '.join(FORMATS)}")
    if not records:
        note(empty)
        return
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    if single:
        table.add_column("what")
        table.add_column("value", overflow="fold")
        for name in names:
            table.add_row(name, _cell(records[0].get(name)))
    else:
        for name in names:
            table.add_column(name, overflow="fold")
        for record in records:
            table.add_row(*(_cell(record.get(name)) for name in names))
    show(table)


def show(what: RenderableType) -> None:
    """Print something of Rich's to stdout."""
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:  # a pipe has no width: never cut what a program or a log will read
        console = Console(highlight=False, markup=False, width=200)
    console.print(what)


PAGE = 1000
"""So many rows a table has, where there are more than anybody wants to wait for."""


def emit_stream(
    rows: Iterable[Row],
    fmt: str = "table",
    *,
    columns: Sequence[str],
    shown: Sequence[str] | None = None,
    empty: str = "nothing to show",
) -> int:
    """Print ``rows`` to stdout as they come, and return their number: a table in pages, a JSON array, YAML, or CSV.

    ``columns`` are the keys of every row, in order, also where there is no row; ``shown`` those of a table.
    """
    count = 0
    if fmt == "table":
        remaining = iter(rows)
        while page := list(itertools.islice(remaining, PAGE)):
            emit(page, columns=shown or columns)
            count += len(page)
        if not count:
            note(empty)
    elif fmt == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(row.get(name)) for name in columns])
            count += 1
    elif fmt == "yaml":
        for row in rows:
            click.echo(to_yaml([{name: row.get(name) for name in columns}]), nl=False)
            count += 1
        if not count:
            click.echo("[]")
    else:
        click.echo("[", nl=False)
        for row in rows:
            click.echo(",\n  " if count else "\n  ", nl=False)
            click.echo(to_json({name: row.get(name) for name in columns}, indent=None), nl=False)
            count += 1
        click.echo("\n]" if count else "]")
    return count


def progress(*, transient: bool = True) -> Progress:
    """A progress bar on stderr, to be used as a context manager; silent where stderr is no terminal."""
    console = stderr()
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=transient,
        disable=not console.is_terminal,
    )
