"""Sending what the outbox holds: one module a channel.

The database says whom a message is for and by which channel; what a channel may reach stands in :class:`Settings`,
which is the worker's own. A channel returns when the message has arrived and raises :class:`NotDelivered` when not.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import os
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PLATFORM = uuid.UUID(int=0)
"""The tenant of the platform's own messages."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NotDelivered(Exception):
    """A message has not arrived, and why; it is tried again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one subscription, as ``ops.take_deliveries`` hands it out."""

    tenant: uuid.UUID
    message_id: uuid.UUID
    subscription_id: uuid.UUID
    attempt: int
    channel: str
    target: str
    secret_name: str | None
    kind: str
    subject: str
    body: dict[str, Any]
    recorded_at: dt.datetime

    @property
    def owner(self) -> str:
        """The tenant's id, or ``platform``."""
        return "platform" if self.tenant == PLATFORM else str(self.tenant)

    def document(self) -> dict[str, Any]:
        """What every channel sends."""
        return {
            "id": str(self.message_id),
            "tenant_id": None if self.tenant == PLATFORM else str(self.tenant),
            "kind": self.kind,
            "subject": self.subject,
            "body": self.body,
            "recorded_at": self.recorded_at.astimezone(dt.UTC).isoformat(),
        }

    def payload(self) -> bytes:
        """The document as compact JSON, the same for each attempt."""
        return json.dumps(self.document(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the worker lets a channel reach. Without an entry nothing is reached."""

    commands: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    networks: tuple[Network, ...] = ()
    secrets: Path | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_from: str = "smartattend@localhost"
    smtp_user: str | None = None
    smtp_starttls: bool = False
    time_out: float = 10.0

    def secret(self, delivery: Delivery) -> bytes:
        """The secret that a subscription names, from among its tenant's: a file, else an environment variable.

        Raises :class:`NotDelivered` when there is none: nothing is sent unsigned.
        """
        name = delivery.secret_name or ""
        variable = "SMARTATTEND_SECRET_" + re.sub(r"[^A-Z0-9]", "", delivery.owner.upper()) + "_" + name.upper()
        if re.fullmatch(r"[a-z][a-z0-9_]*", name):
            if self.secrets is not None:
                file = self.secrets / delivery.owner / name
                if file.is_file():
                    return self._long_enough(file.read_bytes().strip(), str(file))
            if value := os.environ.get(variable):
                return self._long_enough(value.encode(), variable)
        raise NotDelivered(f"no secret {name!r} of {delivery.owner}: neither {variable} nor a file of --secrets")

    @staticmethod
    def _long_enough(secret: bytes, where: str) -> bytes:
        if len(secret) < 16:
            raise NotDelivered(f"the secret in {where} is shorter than 16 bytes")
        return secret


def send(delivery: Delivery, settings: Settings) -> None:
    """Send by the channel of the subscription. Raises :class:`NotDelivered`."""
    from orchestrator.notifications import command, file, smtp, webhook

    channels: dict[str, Callable[[Delivery, Settings], None]] = {
        "command": command.send,
        "file": file.send,
        "smtp": smtp.send,
        "webhook": webhook.send,
    }
    if delivery.channel not in channels:
        raise NotDelivered(f"this worker knows no channel {delivery.channel!r}")
    # The database holds the same; a worker that runs programs does not rely on it.
    if delivery.channel in {"command", "file"} and delivery.tenant != PLATFORM:
        raise NotDelivered("commands and files are for the platform's own messages")
    channels[delivery.channel](delivery, settings)
