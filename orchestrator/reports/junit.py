"""The report as JUnit XML, for CI: a suite for each scenario, a case for each check, fault and condition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET


def write(document: Mapping[str, Any], path: Path) -> Path:
    """Write the document and return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    root = ET.Element("testsuites", name=f"smartattend {document['run']['command']}")
    for scenario in document["scenarios"]:
        cases = list(_cases(scenario))
        suite = ET.SubElement(
            root,
            "testsuite",
            name=scenario["scenario"],
            timestamp=document["run"]["started_at"],
            time=f"{scenario['figures'].get('duration_ms', 0) / 1000:.3f}",
            tests=str(len(cases)),
            failures=str(sum(kind == "failure" for _, _, kind, _ in cases)),
            skipped=str(sum(kind == "skipped" for _, _, kind, _ in cases)),
            errors="0",
        )
        for group, name, kind, text in cases:
            case = ET.SubElement(suite, "testcase", classname=f"{scenario['scenario']}.{group}", name=name)
            if kind is not None:
                ET.SubElement(case, kind, message=text.splitlines()[0]).text = text
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    return path


def _cases(scenario: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None, str]]:
    """(group, name, None | failure | skipped, text). What is inconclusive is skipped: neither green nor red."""
    for check in scenario["checks"]:
        kind = {"held": None, "broken": "failure", "inconclusive": "skipped"}[check["verdict"]]
        text = (
            f"{check['observed']}\nexpected: {check['expected']}\nmeaning: {check['meaning']}\n"
            f"to do: {check['action']}\nwitness: {json.dumps(check['witness'])}\nquery: {check['query']}"
        )
        yield "check", check["judgement"], kind, text
    for finding in scenario["steady_state"]:
        yield (
            "steady_state",
            f"{finding['phase']}: {finding['name']}",
            None if finding["held"] else "skipped",
            finding["observed"],
        )
    for fault in scenario["faults"]:
        kind = "skipped" if fault["fired"] < fault["planned"] else None
        yield "fault", fault["fault"], kind, f"fired {fault['fired']} of {fault['planned']}"
    for condition in scenario["conditions"]:
        kind = "skipped" if condition["required"] and not condition["met"] else None
        yield "condition", condition["name"], kind, "it did not happen"
