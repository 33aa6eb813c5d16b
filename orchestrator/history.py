"""What the clients remember, kept outside the database as JSON lines.

One line is one call: what was asked, when it was due, sent and answered by the client's monotonic clock, how it
ended and after how many tries. The database gets a copy of it only after the load is over, as testimony.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from orchestrator.device import Request, Settled


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a client remembers it. Times are microseconds since the run began."""

    number: int
    scenario: str
    phase: str
    kind: str
    logical: int | None
    variant: int
    device: str
    command: str
    key: str
    payload_hash: str
    subject_id: str
    due_us: int
    invoked_us: int
    ended_us: int
    outcome: str
    code: str | None
    record_id: str | None
    revision: int | None
    answer_hash: str | None
    tries: int
    doubts: int
    round: int | None = None
    message: str | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the caller was told that the check-in stands."""
        return self.outcome in {"accepted", "replayed"}

    def testimony(self) -> dict[str, Any]:
        """What the database is told (``api.simulation_testify``)."""
        told = asdict(self)
        del told["round"], told["message"]
        return told


class History:
    """The calls of a run, in the order in which they ended; each is written to ``path`` at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.calls: list[Call] = []
        self._file: IO[str] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w", encoding="utf-8")

    def add(
        self,
        request: Request,
        settled: Settled,
        *,
        scenario: str,
        phase: str,
        kind: str,
        device: str,
        subject_id: str,
        due_us: int,
        logical: int | None = None,
        variant: int = 0,
        round_number: int | None = None,
    ) -> Call:
        """Note a call that has ended."""
        answer = settled.answer
        call = Call(
            number=len(self.calls) + 1,
            scenario=scenario,
            phase=phase,
            kind=kind,
            logical=logical,
            variant=variant,
            device=device,
            command=request.command,
            key=str(request.key),
            payload_hash=request.payload_hash,
            subject_id=subject_id,
            due_us=due_us,
            invoked_us=settled.invoked_us,
            ended_us=settled.ended_us,
            outcome=answer.status,
            code=answer.code,
            record_id=answer.record_id,
            revision=answer.revision,
            answer_hash=answer.hash if answer.acknowledged else None,
            tries=settled.tries,
            doubts=settled.doubts,
            round=round_number,
            message=answer.message,
        )
        self.calls.append(call)
        if self._file is not None:
            self._file.write(json.dumps(asdict(call), separators=(",", ":")) + "\n")
            self._file.flush()
        return call

    def close(self) -> None:
        """Close the file; safe to repeat."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def digest(self) -> str | None:
        """SHA-256 of the file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest() if self.path is not None else None


def read(path: Path) -> Iterator[Call]:
    """The calls of a history file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Call(**json.loads(line))


def overlap(calls: Sequence[Call]) -> int:
    """The largest number of ``calls`` that were in flight at the same instant, by the clients' clocks."""
    edges = sorted([(call.invoked_us, 1) for call in calls] + [(call.ended_us, -1) for call in calls])
    peak = present = 0
    for _, step in edges:  # an end sorts before a begin at the same microsecond, so that touching is not overlapping
        present += step
        peak = max(peak, present)
    return peak
