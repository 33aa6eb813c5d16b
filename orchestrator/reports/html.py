"""The report as one HTML file: no network, no script, light and dark, from a phone to a wide screen.

The verdict comes first, then what to do, then what was looked at, when, and how to repeat it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from orchestrator.reports import words

WORDS: Mapping[str, str] = {
    "held": "It held",
    "broken": "It broke",
    "inconclusive": "Inconclusive",
    "aborted": "Aborted",
}

KINDS: Mapping[str, tuple[str, str]] = {
    "same_key": ("Same key", "the same submission, many times"),
    "other_keys": ("Other keys", "one claim, a key for each caller"),
    "other_payload": ("Other payload", "one key, several payloads"),
    "three_taps": ("Three taps", "one person, three taps in a second"),
    "first_try": ("First try", "answered at once"),
    "tried_again": ("Tried again", "answered after a fault, with the same key"),
    "in_held_rounds": ("In held rounds", "callers that wait for a first one on purpose"),
}

FAULTS: Mapping[str, str] = {
    "same_key": "submissions that repeat one with the same key and payload",
    "other_keys": "submissions that repeat a claim under a key of their own",
    "other_payload": "submissions under a key that is used by another one, most with another payload",
    "three_taps": "second and third taps of one person within a second",
    "winner_held_open": "rounds whose first caller commits only when all others wait for it",
    "refuse": "the connection broke before the request, and the next one was refused",
    "reset_before": "the connection broke before the request got to the server",
    "reset_after": "the connection broke after the commit and before the answer",
    "stall": "the server did it, and its answer was withheld until the client gave up",
    "black_hole": "the request vanished on its way, and nobody answered until the client gave up",
    "spike": "the request waited on its way",
    "drip": "the answer came drop by drop",
    "winner_rolled_back": "rounds whose first caller rolls back when all others wait for it",
}

OUTCOMES: Mapping[str, str] = {
    "accepted": "made the check-in",
    "replayed": "got the first answer again",
    "refused": "the key carries another payload",
    "error": "ended with an error",
    "unknown": "never learnt the outcome",
}

PATHS: Mapping[str, str] = {
    "held": '<circle cx="10" cy="10" r="9" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M5.8 10.4l2.9 2.9 5.6-6.2" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "broken": '<circle cx="10" cy="10" r="9" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M6.6 6.6l6.8 6.8M13.4 6.6l-6.8 6.8" stroke="currentColor" stroke-width="2.2"/>',
    "inconclusive": '<circle cx="10" cy="10" r="9" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M7.4 7.6a2.7 2.7 0 1 1 3.9 2.5c-.9.4-1.3.9-1.3 1.9" fill="none" stroke="currentColor"'
    ' stroke-width="2"/><circle cx="10" cy="14.6" r="1.2" fill="currentColor"/>',
    "absent": '<circle cx="10" cy="10" r="9" fill="none" stroke="currentColor" stroke-width="2"'
    ' stroke-dasharray="3 3"/>',
}


def write(document: Mapping[str, Any], path: Path) -> Path:
    """Write the page and return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(document), encoding="utf-8", errors="backslashreplace")
    return path


def page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    run, verdict = document["run"], document["verdict"]
    style = (files("orchestrator") / "reports" / "report.css").read_text(encoding="utf-8")
    title = f"{run['title']}: {WORDS[verdict['state']].lower()} · {run['tenant']['slug']}"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            "<main>",
            _head(document),
            *(_scenario(document, scenario) for scenario in document["scenarios"]),
            _repeat(document),
            "</main>",
            _foot(document),
            "</body>",
            "</html>",
            "",
        ]
    )


def _mark(state: str, label: str | None = None) -> str:
    name = f'role="img" aria-label="{escape(label or state)}"'
    return f'<svg class="mark {state}" viewBox="0 0 20 20" {name}>{PATHS[state]}</svg>'


# --- the top ------------------------------------------------------------------------------------------------


def _head(document: Mapping[str, Any]) -> str:
    run, verdict = document["run"], document["verdict"]
    state = verdict["state"]
    mark = _mark(state if state in PATHS else "inconclusive")
    when = run["started_at"][:19].replace("T", " ")
    return f"""<div class="eyebrow"><b>SmartAttend · {escape(run["title"])}</b>
<span>tenant {escape(run["tenant"]["slug"])} ({escape(run["tenant"]["name"])})</span>
<span>{escape(when)} UTC</span><span>PostgreSQL {escape(run["server_version"])}</span></div>
<div class="verdict {state}"><h1>{mark}{WORDS[state]}</h1>
<p>{escape(verdict["sentence"])}</p></div>"""


def _tiles(scenario: Mapping[str, Any]) -> str:
    return (
        '<div class="tiles">'
        + "".join(
            f'<div class="tile card"><b>{value}</b><span>{escape(text)}</span></div>'
            for value, text in words.tiles(scenario)
        )
        + "</div>"
    )


def _scenario(document: Mapping[str, Any], scenario: Mapping[str, Any]) -> str:
    several = len(document["scenarios"]) > 1
    parts = [f"<h2>{escape(scenario['title'])}</h2>" if several else "", _tiles(scenario), _issues(scenario)]
    if scenario["figures"]["calls"]:
        parts.append(_outcomes(scenario))
    parts.append(_checks(scenario))
    if scenario["rounds"]:
        parts.append(_timeline(scenario))
    elif scenario["in_flight"]["values"]:
        parts.append(_stream(scenario))
    if scenario["latency"]["buckets"]:
        parts.append(_latency(scenario))
    parts += [_faults(scenario), _facts(scenario)]
    return "\n".join(part for part in parts if part)


def _issues(scenario: Mapping[str, Any]) -> str:
    if not scenario["issues"]:
        return ""
    checks = {check["judgement"]: check for check in scenario["checks"]}
    cards = []
    for issue in scenario["issues"]:
        check = checks.get(issue["about"]) if issue["kind"] == "violation" else None
        witness = ""
        if check is not None:
            witness = (
                f"<dt>For example</dt><dd>{escape(check['observed'])}</dd>"
                f"<dt>See all</dt><dd><pre>{escape(check['query'])}</pre></dd>"
            )
        cards.append(
            f'<div class="issue card {escape(issue["severity"])}"><span class="tag">{escape(issue["severity"])}</span>'
            f"<h3>{escape(_capital(issue['title']))}</h3><dl>"
            f"<dt>It means</dt><dd>{escape(issue['meaning'])}</dd>"
            f"<dt>What to do</dt><dd>{escape(issue['action'])}</dd>{witness}</dl></div>"
        )
    return "<h2>What to know, and what to do</h2>\n" + "\n".join(cards)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _outcomes(scenario: Mapping[str, Any]) -> str:
    figures = scenario["figures"]
    counts: dict[str, int] = {}
    for word, count in figures["outcomes"].items():
        name = word.split()[0]
        counts[name] = counts.get(name, 0) + count
    present = [(name, counts[name]) for name in OUTCOMES if counts.get(name)]
    stack = "".join(
        f'<i style="--kind:var(--{name});flex:{count}" title="{count:,} {name}"></i>' for name, count in present
    )
    legend = "".join(
        f'<li><span class="key" style="--kind:var(--{name})"></span><b>{count:,}</b> {name}: {OUTCOMES[name]}</li>'
        for name, count in present
    )
    return f"""<h2>What the callers were told</h2>
<div class="chart card"><div class="stack">{stack}</div><ul class="legend">{legend}</ul></div>"""


def _checks(scenario: Mapping[str, Any]) -> str:
    rows = []
    for check in scenario["checks"]:
        opened = " open" if check["verdict"] == "broken" else ""
        violations = f"{check['violations']:,} violation{'' if check['violations'] == 1 else 's'}"
        body = [
            ("Expected", escape(check["expected"])),
            ("Observed", escape(check["observed"])),
            ("Severity", escape(check["severity"])),
            ("If it breaks", escape(check["meaning"])),
            ("Then", escape(check["action"])),
        ]
        if check["witness"] is not None:
            text = json.dumps(check["witness"], indent=2, ensure_ascii=False)
            body.append(("Smallest witness", f"<pre>{escape(text)}</pre>"))
        body.append(("See for yourself", f"<pre>{escape(check['query'])}</pre>"))
        described = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in body)
        rows.append(
            f"<details{opened}><summary>{_mark(check['verdict'])}"
            f'<span class="name">{escape(check["title"])}</span>'
            f'<span class="count">{check["items"]:,} looked at, {violations}</span>'
            f'<span class="more" aria-hidden="true">›</span></summary>'
            f'<div class="body"><dl>{described}</dl></div></details>'
        )
    return f"""<h2>What the database looked at</h2>
<p class="lead">Each check is an SQL function that returns the rows which violate it. Open one for what it means
and for the query.</p>
<div class="checks card">{"".join(rows)}</div>"""


# --- time ---------------------------------------------------------------------------------------------------


def _ticks(span_us: int) -> list[int]:
    rough = span_us / 6
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [round(index * step) for index in range(int(span_us // step) + 1)]


def _seconds(at_us: int, step_us: int) -> str:
    digits = 0 if step_us >= 1_000_000 else 1 if step_us >= 100_000 else 2
    return f"{at_us / 1_000_000:.{digits}f} s"


def _timeline(scenario: Mapping[str, Any]) -> str:
    rounds: Sequence[Mapping[str, Any]] = scenario["rounds"]
    begin = min(r["released_us"] for r in rounds)
    span = max(1, max(r["ended_us"] for r in rounds) - begin)
    flight = scenario["in_flight"]
    rows = [_curve(flight, begin, span)]
    for kind in dict.fromkeys(r["kind"] for r in rounds):
        own = [r for r in rounds if r["kind"] == kind]
        bars = "".join(
            f'<i class="{r["hold"] or "free"}" style="left:{100 * (r["released_us"] - begin) / span:.2f}%;'
            f'width:{100 * (r["ended_us"] - r["released_us"]) / span:.2f}%" title="{escape(_told(r))}"></i>'
            for r in own
        )
        name, text = KINDS.get(kind, (kind, ""))
        rows.append(
            f'<div class="row"><div class="label">{escape(name)}<small>{escape(text)}</small></div>'
            f'<div class="track" style="--kind:var(--{kind})">{bars}</div></div>'
        )
    ticks = _ticks(span)
    step = ticks[1] if len(ticks) > 1 else span
    labels = "".join(f'<span style="left:{100 * at / span:.2f}%">{_seconds(at, step)}</span>' for at in ticks)
    return f"""<h2>When it happened</h2>
<p class="lead">Each bar is a round: from the release of all its callers to the last answer. Above it, how many calls
were in flight at the same time, by the clients' clocks.</p>
<div class="chart card">{"".join(rows)}
<div class="row"><div class="label"></div><div class="axis">{labels}</div></div>
<ul class="legend" style="--kind:var(--same_key)"><li><span class="key"></span>released freely</li>
<li><span class="key commit"></span>the first caller commits only when the others wait for it</li>
<li><span class="key rollback"></span>the first caller rolls back when the others wait for it</li></ul>
{_rounds(rounds, begin)}</div>"""


def _stream(scenario: Mapping[str, Any]) -> str:
    """Calls that come one by one: how many were under way, and when which fault happened."""
    flight = scenario["in_flight"]
    begin = flight["from_us"]
    span = max(1, len(flight["values"]) * flight["bin_us"])
    rows = [_curve(flight, begin, span)]
    happened = scenario["figures"].get("faults_over_time", {"from_us": begin, "bin_us": 1, "counts": {}})
    width = happened["bin_us"]
    for fault, counts in happened["counts"].items():
        most = max(1, *counts)
        marks = "".join(
            f'<i style="left:{100 * (happened["from_us"] + index * width - begin) / span:.2f}%;'
            f'width:{100 * width / span:.2f}%;opacity:{0.25 + 0.75 * count / most:.2f}" title="{count:,}"></i>'
            for index, count in enumerate(counts)
            if count
        )
        name = escape(_capital(fault.replace("_", " ")))
        rows.append(
            f'<div class="row"><div class="label">{name}<small>{sum(counts):,} times</small></div>'
            f'<div class="track" style="--kind:var(--other_keys)">{marks}</div></div>'
        )
    ticks = _ticks(span)
    step = ticks[1] if len(ticks) > 1 else span
    labels = "".join(f'<span style="left:{100 * at / span:.2f}%">{_seconds(at, step)}</span>' for at in ticks)
    return f"""<h2>When it happened</h2>
<p class="lead">How many check-ins were under way at the same time, first try to last, and when each fault happened.</p>
<div class="chart card">{"".join(rows)}
<div class="row"><div class="label"></div><div class="axis">{labels}</div></div></div>"""


def _curve(flight: Mapping[str, Any], begin: int, span: int) -> str:
    values: Sequence[int] = flight["values"]
    peak = max(1, flight["peak"])
    points = []
    for index, value in enumerate(values):
        at = flight["from_us"] - begin + index * flight["bin_us"]
        y = 100 - 92 * value / peak
        points.append(f"{100 * at / span:.2f},{y:.1f} {100 * (at + flight['bin_us']) / span:.2f},{y:.1f}")
    last = 100 * (flight["from_us"] - begin + len(values) * flight["bin_us"]) / span
    path = f"M0,100 L{' '.join(points)} L{last:.2f},100 Z"
    return (
        f'<div class="row"><div class="label">In flight<small>at most {peak} at once</small></div>'
        f'<div class="curve"><svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img"'
        f' aria-label="calls in flight over time, at most {peak}"><path d="{path}"/></svg></div></div>'
    )


def _told(r: Mapping[str, Any]) -> str:
    outcomes = ", ".join(f"{count} {word}" for word, count in r["outcomes"].items())
    hold = {"commit": ", first caller held, then committed", "rollback": ", first caller held, then rolled back"}
    waiting = f", {r['waiting']} waited for its lock" if r["waiting"] is not None else ""
    if r["at_work"] is not None:
        waiting += f", {r['at_work']} at work in the server right after the release"
    return (
        f"round {r['number']}: {r['callers']} callers, {r['in_flight']} in flight at once"
        f"{hold.get(r['hold'] or '', '')}{waiting}; {outcomes};"
        f" {words.milliseconds((r['ended_us'] - r['released_us']) / 1000)}"
    )


def _rounds(rounds: Iterable[Mapping[str, Any]], begin: int) -> str:
    rows = "".join(
        f"<tr><td>{r['number']}</td><td>{escape(KINDS.get(r['kind'], (r['kind'], ''))[0])}"
        f"<small>{'first caller: ' + r['hold'] if r['hold'] else ''}</small></td>"
        f'<td class="n">{(r["released_us"] - begin) / 1_000_000:.2f} s</td><td class="n">{r["callers"]}</td>'
        f'<td class="n">{r["in_flight"]}</td><td class="n">{"–" if r["waiting"] is None else r["waiting"]}</td>'
        f'<td class="n">{words.milliseconds((r["ended_us"] - r["released_us"]) / 1000)}</td>'
        f"<td>{escape(', '.join(f'{count} {word}' for word, count in r['outcomes'].items()))}</td></tr>"
        for r in rounds
    )
    return f"""<details class="small" style="margin-top:.8rem"><summary><u>All rounds as a table</u></summary>
<div class="scroll"><table><thead><tr><th>Round</th><th>Kind</th><th class="n">Released</th><th class="n">Callers</th>
<th class="n">In flight</th><th class="n">Waiting</th><th class="n">Took</th><th>Told</th></tr></thead>
<tbody>{rows}</tbody></table></div>
</details>"""


def _latency(scenario: Mapping[str, Any]) -> str:
    latency = scenario["latency"]
    buckets: Sequence[Mapping[str, Any]] = latency["buckets"]
    cards = []
    for kind, values in latency["sent_to_answered"].items():
        counts = [bucket["counts"].get(kind, 0) for bucket in buckets]
        most = max([1, *counts])
        bars = "".join(
            f'<i class="{"some" if count else ""}" style="height:{100 * count / most:.1f}%"'
            f' title="{words.milliseconds(bucket["from"])} to {words.milliseconds(bucket["to"])}: {count:,}"></i>'
            for count, bucket in zip(counts, buckets, strict=True)
        )
        name, text = KINDS.get(kind, (kind, ""))
        quantiles = "".join(
            f"<div><dt>{label}</dt><dd>{words.milliseconds(values[key])}</dd></div>"
            for key, label in (("p50", "median"), ("p90", "90 %"), ("p99", "99 %"), ("max", "slowest"))
        )
        cards.append(
            f'<div class="hist card" style="--kind:var(--{kind})">'
            f"<h3>{escape(name)} <small>{values['count']:,}</small></h3>"
            f'<p class="small">{escape(text)}</p><div class="bars">{bars}</div>'
            f'<div class="ends"><span>{words.milliseconds(buckets[0]["from"])}</span>'
            f"<span>{words.milliseconds(buckets[-1]['to'])}</span></div>"
            f'<dl class="quantiles">{quantiles}</dl></div>'
        )
    return f"""<h2>How long the callers waited</h2>
<p class="lead">From sent to answered, first try to last. Callers of the same check-in wait for the same person, one
after the other, so the last one waits for all before it. The scale is logarithmic and the same for
all;
bars are scaled to each kind.</p>
<div class="grid">{"".join(cards)}</div>"""


# --- faults, conditions, repeat -----------------------------------------------------------------------------


def _faults(scenario: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(_capital(fault['fault'].replace('_', ' ')))}"
        f"<small>{escape(FAULTS.get(fault['fault'], ''))}</small></td>"
        + "".join(f'<td class="n">{fault[name]:,}</td>' for name in ("planned", "fired", "observed"))
        + "</tr>"
        for fault in scenario["faults"]
    )
    return f"""<h2>What was done to it</h2>
<p class="lead">A fault that fired less often than planned would leave the run inconclusive. Observed counts
what the database recognised.</p>
<div class="card"><table>
<thead><tr><th>Fault</th><th class="n">Planned</th><th class="n">Fired</th><th class="n">Observed</th></tr></thead>
<tbody>{rows}</tbody></table></div>"""


def _facts(scenario: Mapping[str, Any]) -> str:
    conditions = "".join(
        _fact(
            "held" if c["met"] else "inconclusive" if c["required"] else "absent",
            c["name"],
            (c["witness"] or "it did not happen") + ("" if c["met"] or c["required"] else "; not needed for a verdict"),
        )
        for c in scenario["conditions"]
    )
    steady = "".join(
        _fact("held" if f["held"] else "inconclusive", f"{f['phase']} the load: {f['name']}", f["observed"])
        for f in scenario["steady_state"]
    )
    return f"""<div class="columns"><div><h2>Did it get interesting?</h2><ul class="facts card">{conditions}</ul></div>
<div><h2>Steady state</h2><ul class="facts card">{steady}</ul></div></div>"""


def _fact(state: str, text: str, observed: str) -> str:
    mark = _mark(state, "yes" if state == "held" else "no")
    return f"<li>{mark}<div>{escape(_capital(text))}<small>{escape(observed)}</small></div></li>"


def _repeat(document: Mapping[str, Any]) -> str:
    run, history = document["run"], document["history"]
    same = run["fault_trace_hash"] == run["fault_trace_planned_hash"]
    facts = [
        ("Seed", str(run["seed"])),
        ("Plan", f"<code>{escape(run['plan_hash'])}</code>"),
        (
            "Faults fired",
            f"<code>{escape(run['fault_trace_hash'])}</code>"
            + (" (all that were planned)" if same else " (not all that were planned)"),
        ),
        ("Run", f"<code>{escape(run['id'])}</code>"),
    ]
    if history["file"]:
        facts.append(
            (
                "Clients' history",
                f"{escape(history['file'])}, {history['calls']:,} calls,"
                f" SHA-256 <code>{escape(history['sha256'])}</code>",
            )
        )
    listed = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts)
    return f"""<h2>Repeat this run</h2>
<p class="lead">The same seed makes the same plan of check-ins and faults, whatever the scheduler does.
People and keys are new each time.</p>
<div class="repeat card"><pre>{escape(run["repeat"])}</pre><dl>{listed}</dl></div>"""


def _foot(document: Mapping[str, Any]) -> str:
    run = document["run"]
    return (
        f"<footer>smartattend {escape(run['tool_version'])} · report format {document['version']} · from"
        f" {escape(run['started_at'])} to {escape(run['ended_at'])}. The clients only stirred; the database"
        " judged, from its own tables and the clients' history.</footer>"
    )
