"""The report on the console: the verdict, what went wrong, then every check; and the live display while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from orchestrator.reports import words

if TYPE_CHECKING:
    from orchestrator.engine import Progress, Scenario

STYLES: Mapping[str, str] = {
    "held": "bold green",
    "broken": "bold red",
    "inconclusive": "bold yellow",
    "aborted": "bold yellow",
}
MARKS: Mapping[str, str] = {"held": "✓", "broken": "✗", "inconclusive": "?", "aborted": "?"}


def show(document: Mapping[str, Any], console: Console | None = None) -> None:
    """Print the report to stdout."""
    out = console or Console(highlight=False, markup=False)
    if console is None and not out.is_terminal:
        out = Console(highlight=False, markup=False, width=140)
    run, verdict = document["run"], document["verdict"]
    style = STYLES[verdict["state"]]
    out.print()
    out.print(
        Text.assemble(
            (f"{MARKS[verdict['state']]} {verdict['state'].upper()}", style),
            f"  {run['title']} · {run['tenant']['slug']}",
        )
    )
    out.print(verdict["sentence"])
    for scenario in document["scenarios"]:
        out.print()
        for part in _scenario(scenario):
            out.print(part)
    out.print(Text(f"seed {run['seed']}, plan {run['plan_hash'][:16]}…, run {run['id']}", style="dim"))
    out.print(Text("repeat: ", style="dim").append(run["repeat"], style="default"), soft_wrap=True)


def _scenario(scenario: Mapping[str, Any]) -> list[RenderableType]:
    parts: list[RenderableType] = [words.headline(scenario)]
    for issue in scenario["issues"]:
        style = "red" if issue["severity"] == "critical" else "yellow"
        parts.append(Text(f"\n{issue['severity']}: {issue['title']}", style=style))
        parts.append(Text(f"  {issue['meaning']}\n  to do: {issue['action']}"))
    checks = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", "check", "severity", "looked at", "violations", "observed"):
        numbers = name in {"looked at", "violations"}
        checks.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for check in scenario["checks"]:
        style = STYLES[check["verdict"]]
        checks.add_row(
            Text(MARKS[check["verdict"]], style=style),
            check["title"],
            check["severity"],
            f"{check['items']:,}",
            f"{check['violations']:,}",
            check["observed"],
        )
    parts.append(checks)
    for check in scenario["checks"]:
        if check["verdict"] == "broken":
            parts.append(Text(f"{check['judgement']}: {check['query']}", style="dim"))
    faults = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("fault", "planned", "fired", "observed", "p50 ms", "p99 ms", "max ms"):
        faults.add_column(name, justify="left" if name == "fault" else "right")
    for fault in scenario["faults"]:
        times = scenario["latency"]["sent_to_answered"].get(fault["fault"], {})
        faults.add_row(
            fault["fault"].replace("_", " "),
            *(f"{fault[name]:,}" for name in ("planned", "fired", "observed")),
            *(f"{times[name]:.1f}" if times.get(name) is not None else "" for name in ("p50", "p99", "max")),
        )
    parts.append(faults)
    missing = [c["name"] for c in scenario["conditions"] if not c["met"]]
    if missing:
        parts.append(Text(f"did not happen: {'; '.join(missing)}", style="dim"))
    return parts


def progress(scenario: Scenario, now: Progress) -> RenderableType:
    """The live display."""
    line = Table.grid(padding=(0, 1))
    line.add_row(
        Text(scenario.title, style="bold"),
        ProgressBar(total=max(now.total, 1), completed=now.done, width=20),
        Text(f"{now.done}/{now.total}" if now.total else ""),
        Text(f"{now.phase}: {now.message}"),
    )
    if now.median_ms is None:
        return line
    detail = Text(
        f"in flight at once {now.in_flight} · waiting for one lock {now.waiting} · median {now.median_ms:.1f} ms"
        f" · slowest {now.slowest_ms or 0:.1f} ms · retries {now.retries}",
        style="dim",
    )
    return Group(line, detail)
