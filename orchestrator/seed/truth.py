"""The truth table as a file: JSON lines, the first of them about the whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from orchestrator.output import plain
from orchestrator.seed.anomalies import EVERYWHERE
from orchestrator.seed.model import Truth
from orchestrator.seed.sizes import EDITION, Dataset

VERSION: Final = 1


def summary(dataset: Dataset, truth: Sequence[Truth]) -> dict[str, Any]:
    """The first line: which data set, and how many rows there are of each flag."""
    required = Counter(row.flag for row in truth if row.required)
    possible = Counter(row.flag for row in truth if not row.required)
    return {
        "smartattend_truth": VERSION,
        "size": dataset.size.name,
        "seed": dataset.seed,
        "edition": EDITION,
        "from": str(dataset.start),
        "until": str(dataset.until),
        "rows": len(truth),
        "flags": {
            flag: {"required": required[flag], "possible": possible[flag]} for flag in sorted({*required, *possible})
        },
        "everywhere": dict(EVERYWHERE),
    }


def lines(dataset: Dataset, truth: Sequence[Truth]) -> list[str]:
    """The file's lines; the same for the same data set, whenever and wherever they are made."""
    return [json.dumps(plain(row), ensure_ascii=False) for row in (summary(dataset, truth), *truth)]


def write(path: Path, dataset: Dataset, truth: Sequence[Truth]) -> None:
    """Write the file, whole or not at all."""
    scratch = path.with_name(f"{path.name}.part")
    scratch.write_text("\n".join(lines(dataset, truth)) + "\n", encoding="utf-8")
    scratch.replace(path)
