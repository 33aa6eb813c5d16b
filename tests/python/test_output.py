"""Results as table, JSON and CSV."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from dataclasses import dataclass

import pytest
import yaml

from orchestrator.errors import SmartAttendError, hide_password
from orchestrator.output import emit, plain

pytestmark = pytest.mark.once


@dataclass
class Thing:
    name: str
    count: int


def test_rows_become_json(capsys: pytest.CaptureFixture[str]) -> None:
    key = uuid.UUID(int=1)
    emit([{"at": dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "key": key, "amount": decimal.Decimal("1.10")}], "json")
    assert json.loads(capsys.readouterr().out) == [
        {"at": "2026-01-02T00:00:00+00:00", "key": str(key), "amount": "1.10"}
    ]


def test_one_record_becomes_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"a": 1, "b": None}, "json")
    assert json.loads(capsys.readouterr().out) == {"a": 1, "b": None}


def test_dataclasses_are_rows(capsys: pytest.CaptureFixture[str]) -> None:
    emit([Thing("x", 1), Thing('say "y"', 2)], "csv")
    assert capsys.readouterr().out == 'name,count\nx,1\n"say ""y""",2\n'


def test_a_table_in_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    emit([{"name": "x" * 120, "markup": "[red]not markup[/red]"}], "table")
    shown = capsys.readouterr().out
    assert "x" * 120 in shown
    assert "[red]not markup[/red]" in shown


def test_no_rows_say_so_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    emit([], "table")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "nothing to show\n"
    emit([], "json")
    assert json.loads(capsys.readouterr().out) == []


def test_yaml_reads_back_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    emit([{"name": "no", "at": dt.date(2026, 1, 2), "deep": {"a": [1, None]}}], "yaml")
    assert yaml.safe_load(capsys.readouterr().out) == [{"name": "no", "at": "2026-01-02", "deep": {"a": [1, None]}}]
    emit({"a": 1}, "yaml")
    assert yaml.safe_load(capsys.readouterr().out) == {"a": 1}


def test_what_cannot_be_shown_is_an_error() -> None:
    with pytest.raises(TypeError, match="cannot show"):
        plain(object())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host=x password=secret dbname=y", "host=x password=*** dbname=y"),
        ("password='se cret' x", "password=*** x"),
        ("postgresql://me:secret@host/x", "postgresql://me:***@host/x"),
        ("postgresql://me@host/x", "postgresql://me@host/x"),
    ],
)
def test_passwords_are_hidden(text: str, expected: str) -> None:
    assert hide_password(text) == expected


def test_an_error_shows_only_what_is_known() -> None:
    error = SmartAttendError("it broke", observed="smoke", hint="open a window")
    assert error.format_message() == "it broke\n  observed: smoke\n  to do: open a window"
