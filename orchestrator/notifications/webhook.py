"""The channel ``webhook``: a signed POST.

``SmartAttend-Signature: t=<unix seconds>,v1=<hex>`` is HMAC-SHA256 over ``<t>.<body>`` with the subscription's secret;
``Idempotency-Key`` is the message's id, the same at each attempt. A redirect is not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import time
from urllib.parse import urlsplit

from orchestrator import __version__
from orchestrator.notifications import PLATFORM, Delivery, NotDelivered, Settings


def signature(secret: bytes, body: bytes, instant: int) -> str:
    """The value of the header for a body sent at an instant (seconds since 1970)."""
    digest = hmac.new(secret, f"{instant}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={instant},v1={digest}"


def verify(secret: bytes, body: bytes, header: str, now: float, tolerance: float = 300.0) -> bool:
    """What a receiver does: whether the header signs this body, and at most ``tolerance`` seconds ago."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    try:
        instant = int(parts["t"])
    except (KeyError, ValueError):
        return False
    return abs(now - instant) <= tolerance and hmac.compare_digest(signature(secret, body, instant), header)


def _address(delivery: Delivery, settings: Settings, host: str, port: int) -> str:
    """An address of the host, to connect to it and to no other that its name may have in a moment.

    A tenant names the host: unless the worker allows its network, it has to be a public one, so that nobody looks
    around in the worker's own network.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotDelivered(f"{host}: {error.strerror}") from error
    addresses = [str(info[4][0]) for info in found]
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        allowed = any(address in network for network in settings.networks)
        public = address.is_global and not address.is_multicast
        if delivery.tenant != PLATFORM and not (public or allowed):
            raise NotDelivered(f"{host} is {text}, which is no public address (--allow-network)")
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was looked at; the name is for TLS and the header ``Host`` only."""

    def __init__(self, host: str, port: int, address: str, time_out: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=time_out)
        self.address = address
        self.tls = tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.tls is not None:
            self.sock = self.tls.wrap_socket(self.sock, server_hostname=self.host)


def send(delivery: Delivery, settings: Settings) -> None:
    """Post the message; it has arrived when the answer is one of 200 to 299."""
    secret = settings.secret(delivery)
    url = urlsplit(delivery.target)
    try:
        port = url.port
    except ValueError as error:
        raise NotDelivered(f"{delivery.target}: {error}") from error
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise NotDelivered(f"{delivery.target} is not the address of a webhook")
    tls = ssl.create_default_context() if url.scheme == "https" else None
    port = port or (443 if tls else 80)
    address = _address(delivery, settings, url.hostname, port)
    body = delivery.payload()
    default = port == (443 if tls else 80)
    name = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    headers = {
        "Host": name if default else f"{name}:{port}",
        "Content-Type": "application/json",
        "User-Agent": f"smartattend/{__version__}",
        "Idempotency-Key": str(delivery.message_id),
        "SmartAttend-Signature": signature(secret, body, int(time.time())),
        "Connection": "close",
    }
    connection = _Pinned(url.hostname, port, address, settings.time_out, tls)
    try:
        connection.request("POST", (url.path or "/") + (f"?{url.query}" if url.query else ""), body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(f"{url.hostname}:{port}: {error or type(error).__name__}") from error
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"{url.hostname}:{port} answered {status}")
