"""The channel ``smtp``: a mail by the worker's server."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from orchestrator.notifications import Delivery, NotDelivered, Settings


def letter(delivery: Delivery, settings: Settings) -> EmailMessage:
    """The mail of a message: the same ``Message-ID`` at each attempt, so that mail programs show a repeat once."""
    mail = EmailMessage()
    mail["From"] = settings.smtp_from
    mail["To"] = delivery.target
    mail["Subject"] = delivery.subject
    mail["Date"] = format_datetime(delivery.recorded_at)
    mail["Message-ID"] = f"<{delivery.message_id}.{delivery.subscription_id}@smartattend>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-SmartAttend-Kind"] = delivery.kind
    mail.set_content(
        f"{delivery.subject}\n\n{json.dumps(delivery.body, indent=2, ensure_ascii=False, sort_keys=True)}\n\n"
        f"{delivery.kind}, recorded at {delivery.recorded_at.isoformat()}, message {delivery.message_id}\n"
    )
    return mail


def send(delivery: Delivery, settings: Settings) -> None:
    """Hand the mail to the server; it has arrived when the server takes it."""
    if settings.smtp_host is None:
        raise NotDelivered("the worker has no mail server (--smtp HOST:PORT)")
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=settings.time_out) as server:
            if settings.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user is not None:
                server.login(settings.smtp_user, os.environ.get("SMARTATTEND_SMTP_PASSWORD", ""))
            server.send_message(letter(delivery, settings))
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise NotDelivered(f"{settings.smtp_host}:{settings.smtp_port}: {error}") from error
