"""The proxy that breaks the network: its framing, what it passes on, and every fault at its place."""

from __future__ import annotations

import asyncio
import itertools
import struct
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from orchestrator.device import LOST, UNREACHED, Device, Policy, Request, Stopwatch
from orchestrator.engine.plan import PlannedFault, Schedule
from orchestrator.faults import network, weather
from orchestrator.faults.network import Proxy
from orchestrator.faults.pipe import Upstream
from orchestrator.faults.weather import Weather
from orchestrator.faults.wire import PIECE, SSL, Exchanges, Frame, Framer, ProtocolError, bound, parameters

# --- framing ------------------------------------------------------------------------------------------------

KINDS = st.sampled_from([bytes((code,)) for code in b"QPBDESHCdcfXFpZTCIE123nGH"])
BODIES = st.one_of(
    st.binary(max_size=40), st.integers(0, 3).map(lambda n: bytes(PIECE - 2 + n)), st.just(bytes(3 * PIECE))
)
MESSAGES = st.lists(st.tuples(KINDS, BODIES), max_size=8)


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def chunks(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def read(framer: Framer, parts: list[bytes]) -> list[tuple[bytes, bytes]]:
    """The messages, put together from their pieces."""
    whole: list[tuple[bytes, bytes]] = []
    for part in parts:
        framer.push(part)
        while (frame := framer.pull()) is not None:
            assert len(frame.data) <= PIECE
            if frame.begins:
                header = 5 if framer.typed else 4
                length = int.from_bytes(frame.data[header - 4 : header], "big") + header - 4
                assert len(frame.data) == min(length, PIECE), "small messages come whole"
                assert frame.ends == (length <= PIECE)
                whole.append((frame.kind, frame.data))
            else:
                kind, data = whole[-1]
                assert kind == frame.kind
                whole[-1] = kind, data + frame.data
    return whole


@pytest.mark.once
@settings(max_examples=200, deadline=None)
@given(MESSAGES, st.lists(st.integers(0, 1 << 20), max_size=30))
def test_any_chunking_gives_the_same_messages(sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    stream = b"".join(message(*one) for one in sent)
    framer = Framer(typed=True)
    assert read(framer, chunks(stream, cuts)) == [(kind, message(kind, body)) for kind, body in sent]
    assert framer.rest == b""


@pytest.mark.once
@given(st.lists(st.binary(min_size=4, max_size=60), max_size=4), st.lists(st.integers(0, 300), max_size=20))
def test_packets_before_the_session_are_cut_alike(bodies: list[bytes], cuts: list[int]) -> None:
    packets = [struct.pack("!I", len(body) + 4) + body for body in bodies]
    assert read(Framer(typed=False), chunks(b"".join(packets), cuts)) == [(b"", packet) for packet in packets]


@pytest.mark.once
@given(st.binary(max_size=300), st.booleans(), st.lists(st.integers(0, 300), max_size=10))
def test_garbage_is_refused_or_passed_on_whole(data: bytes, typed: bool, cuts: list[int]) -> None:
    framer = Framer(typed=typed)
    try:
        passed = b"".join(part for _, part in read(framer, chunks(data, cuts)))
    except ProtocolError:
        return
    assert passed + framer.rest == data


@pytest.mark.once
@given(
    st.text("abc_", max_size=8),
    st.lists(st.one_of(st.none(), st.text("xyz-09", max_size=40)), max_size=4),
    st.integers(0, 2),
)
def test_a_bind_names_its_statement_and_first_parameter(name: str, values: list[str | None], formats: int) -> None:
    body = b"\0" + name.encode() + b"\0" + struct.pack(f"!H{formats}H", formats, *([0] * formats))
    body += struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value.encode()
    assert bound(Frame(b"B", message(b"B", body + b"\0\0"))) == (name, values[0] if values else None)


@pytest.mark.once
def test_a_startup_packet_says_who_connects() -> None:
    body = struct.pack("!I", 196608) + b"user\0u\0application_name\0smartattend-sim/1/device-007\0\0"
    assert parameters(Frame(b"", struct.pack("!I", len(body) + 4) + body))["application_name"].endswith("device-007")


# --- which request a message belongs to ---------------------------------------------------------------------

SCRIPTS: dict[str, tuple[str, str]] = {  # what the client sends, and what the server answers
    "simple": ("Q", "TDCZ"),
    "simple error": ("Q", "EZ"),
    "extended": ("BDES", "2TDCZ"),
    "prepared anew": ("PBDES", "12nCZ"),
    "extended error": ("PBES", "EZ"),
    "two before a sync": ("BEBES", "2C2CZ"),
    "flushed": ("PHBES", "12CZ"),
    "lone sync": ("S", "Z"),
    "function": ("F", "VZ"),
    "copy out": ("Q", "HdddcCZ"),
    "notices": ("BES", "N2ADCZ"),
}


@pytest.mark.once
@given(st.lists(st.sampled_from(sorted(SCRIPTS)), max_size=12), st.lists(st.booleans(), max_size=200))
def test_in_a_pipeline_every_answer_finds_its_request(names: list[str], turns: list[bool]) -> None:
    """Client and server take turns in any order that causality allows."""
    exchanges = Exchanges()
    exchanges.server(Frame(b"Z", message(b"Z", b"I")))
    requests = [(index, kind) for index, name in enumerate(names) for kind in SCRIPTS[name][0]]
    answers = [(index, kind) for index, name in enumerate(names) for kind in SCRIPTS[name][1]]
    sent = 0  # requests of which the server has everything
    order = iter(turns)
    finished = []
    while requests or answers:
        if requests and (next(order, True) or answers[0][0] >= sent):
            index, kind = requests.pop(0)
            frame = Frame(kind.encode(), message(kind.encode(), b""))
            begins = exchanges.begins(frame)
            exchange = exchanges.client(frame)
            assert exchange is not None
            if begins:
                exchange.note = index
            assert exchange.note == index
            sent = index + (not requests or requests[0][0] != index)
        else:
            index, kind = answers.pop(0)
            head = exchanges.head
            assert head is not None
            assert head.note == index
            done = exchanges.server(Frame(kind.encode(), message(kind.encode(), b"I")))
            if done is not None:
                finished.append((done.note, done.applied))
    assert finished == [(index, "error" not in name) for index, name in enumerate(names)]


@pytest.mark.once
def test_a_copy_in_is_one_request_however_it_is_spoken() -> None:
    def play(script: str) -> list[bool]:
        """Upper case: the client; in angle brackets: the server. True for each message that begins a request."""
        exchanges, begun, from_server = Exchanges(), [], False
        exchanges.server(Frame(b"Z", message(b"Z", b"I")))
        for letter in script:
            if letter in "<>":
                from_server = letter == "<"
                continue
            frame = Frame(letter.encode(), message(letter.encode(), b"I"))
            if from_server:
                exchanges.server(frame)
            else:
                begun.append(exchanges.begins(frame))
                exchanges.client(frame)
        assert not exchanges.pending
        return begun

    assert sum(play("Q<G>ddc<CZ>Q<CZ>")) == 2, "simple"
    assert sum(play("PBDES<12G>ddcS<CZ>BES<2CZ>")) == 2, "extended: the first Sync is ignored while copying"
    assert sum(play("PBEH<12G>ddcS<CZ>BES<2CZ>")) == 2, "extended, flushed"
    assert sum(play("Q<G>df<EZ>Q<CZ>")) == 2, "given up"
    assert sum(play("PBDES<12G>d<E>S<Z>Q<CZ>")) == 2, "failed while copying"


@pytest.mark.once
def test_an_answer_that_nobody_asked_for_is_garbled() -> None:
    exchanges = Exchanges()
    exchanges.server(Frame(b"Z", message(b"Z", b"I")))
    with pytest.raises(ProtocolError):
        exchanges.server(Frame(b"Z", message(b"Z", b"I")))


# --- the plan of faults -------------------------------------------------------------------------------------


@pytest.mark.once
def test_faults_depend_on_seed_device_and_number_only() -> None:
    rough = Weather(7, failures=0.5, timeouts=0.25)
    assert [rough.draw("device-001", n) for n in range(1, 50)] == [rough.draw("device-001", n) for n in range(1, 50)]
    assert rough.plan(3, 20) == Weather(7, failures=0.5, timeouts=0.25).plan(3, 20)
    assert rough.plan(3, 20) != Weather(8, failures=0.5, timeouts=0.25).plan(3, 20)
    assert [one for one in rough.plan(3, 20) if one.device == "device-001"] == [
        one for one in rough.plan(2, 20) if one.device == "device-001"
    ], "other devices do not matter"
    plan = rough.plan(3, 20)
    assert Schedule.trace(plan) == Schedule.trace(reversed(plan))


@pytest.mark.once
def test_faults_come_as_often_as_asked_for() -> None:
    rough = Weather(1, failures=0.3, timeouts=0.2)
    drawn = [rough.draw("d", n) for n in range(1, 20_001)]
    for faults, share in ((weather.FAILURES, 0.3), (weather.TIMEOUTS, 0.2), (weather.DELAYS, 0.1)):
        assert abs(sum(fault in faults for fault in drawn) / len(drawn) - share) < 0.02
    assert {fault for fault in drawn if fault} == set(weather.FAULTS)
    assert Weather(1, delays=0).plan(4, 100) == ()


# --- a real server behind it --------------------------------------------------------------------------------

DELAY_MS = 300
POLICY = Policy(tries=1, deadline_ms=1500)
Run = Callable[[Callable[..., Awaitable[None]]], None]


def upstream(dsn: str) -> Upstream:
    with psycopg.connect(dsn) as connection:
        return Upstream(connection.info.host, connection.info.port)


def through(dsn: str, proxy: Proxy, **more: str) -> str:
    return make_conninfo(dsn, host=proxy.host, port=str(proxy.port), hostaddr="", **more)


@asynccontextmanager
async def standing(dsn: str, *plan: PlannedFault, loopback: bool = False, **options: Any) -> AsyncIterator[Proxy]:
    proxy = Proxy(await asyncio.to_thread(upstream, dsn), plan, delay_ms=DELAY_MS, **options)
    await proxy.start(loopback=loopback)
    try:
        yield proxy
    finally:
        await proxy.stop()


pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def shared(clone: Callable[[], str]) -> str:
    """DSN of a database with a table to write to."""
    dsn = clone()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table public.noted (key text, said text)")
        connection.execute("grant all on public.noted to public")
    return dsn


async def connect(dsn: str, proxy: Proxy, **more: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(through(dsn, proxy, **more), autocommit=True)


async def half_a_copy(cursor: psycopg.AsyncCursor[Any]) -> None:
    async with cursor.copy("copy public.noted from stdin") as copy:
        await copy.write_row(("half", "sent"))
        raise RuntimeError("given up")


async def pipelined(connection: psycopg.AsyncConnection[Any], label: str, count: int) -> None:
    """Inserts in pipeline mode, each with a Sync of its own."""
    async with connection.pipeline() as pipeline:
        for number in range(1, count + 1):
            await connection.execute("insert into public.noted values (%s, 'x')", [f"{label}-{number}"])
            await pipeline.sync()


@pytest.mark.parametrize("loopback", [False, True], ids=["unix", "loopback"])
def test_everything_passes_unharmed(shared: str, loopback: bool) -> None:
    async def story() -> None:
        async with standing(shared, loopback=loopback) as proxy:
            assert proxy.host in {"127.0.0.1"} or proxy.host.startswith("/")
            connection = await connect(shared, proxy, application_name="a/b/device-000")
            big = "x" * 3_000_000
            cursor = await connection.execute("select %s::text || 'y'", [big])
            assert await cursor.fetchone() == (big + "y",), "large messages, both ways"
            async with connection.pipeline():
                cursors = [await connection.execute("select %s::integer", [n]) for n in range(50)]
            assert [(await one.fetchone()) for one in cursors] == [(n,) for n in range(50)], "pipeline mode"
            async with connection.cursor() as cursor:
                async with cursor.copy("copy public.noted from stdin") as copy:
                    for n in range(5000):
                        await copy.write_row((f"copied-{loopback}-{n}", "z" * 100))
                read = f"copy (select key from public.noted where key like 'copied-{loopback}-%') to stdout"
                async with cursor.copy(read) as out:
                    assert len([row async for row in out.rows()]) == 5000
                with pytest.raises(RuntimeError, match="given up"):
                    await half_a_copy(cursor)
                with pytest.raises(psycopg.errors.DivisionByZero):
                    await cursor.execute("select 1 / 0")
                await cursor.execute("select 1; select 2")
                await cursor.execute("listen something")
                await cursor.execute("notify something")
            assert not proxy.garbled
            assert all(one.applied is not None and one.delivered for one in proxy.seen)
            assert [one.applied for one in proxy.seen].count(False) == 2
            await connection.close()

    asyncio.run(story())


def until_sleeping(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        query = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
        while connection.execute(query).fetchone() is None:
            time.sleep(0.02)


def test_requests_to_cancel_are_passed_on(shared: str) -> None:
    async def story() -> None:
        async with standing(shared) as proxy:
            connection = await connect(shared, proxy)
            sleeping = asyncio.create_task(connection.execute("select pg_sleep(30)"))
            await asyncio.to_thread(until_sleeping, shared)
            await connection.cancel_safe()
            with pytest.raises(psycopg.errors.QueryCanceled):
                await sleeping
            await connection.close()

    asyncio.run(story())


def test_encryption_is_refused_and_who_insists_is_told(shared: str) -> None:
    async def story() -> None:
        async with standing(shared, loopback=True) as proxy:
            connection = await connect(shared, proxy, sslmode="prefer")
            assert not connection.pgconn.ssl_in_use
            await connection.close()
            with pytest.raises(psycopg.OperationalError, match="SSL"):
                await connect(shared, proxy, sslmode="require")
            reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            assert await reader.read() == b""
            writer.close()
            assert proxy.garbled == 1

    asyncio.run(story())


@pytest.mark.once
@pytest.mark.parametrize("hello", [struct.pack("!II", 8, SSL), b"\x16\x03\x01\x02\x00"], ids=["asked", "direct"])
def test_encryption_can_be_passed_through_unread(hello: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if hello[0] != 0x16:
            assert await reader.readexactly(8) == hello
            writer.write(b"S")
        while data := await reader.read(1000):
            writer.write(data[::-1])
        writer.close()

    async def story() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        proxy = Proxy(Upstream(*server.sockets[0].getsockname()[:2]), tls="pass")
        await proxy.start(loopback=True)
        reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
        writer.write(hello)
        assert await reader.readexactly(len(hello) if hello[0] == 0x16 else 1) in {b"S", hello[::-1]}
        writer.write(bytes(range(200)))
        assert await reader.readexactly(200) == bytes(range(199, -1, -1))
        writer.close()
        assert proxy.seen == []
        await proxy.stop()
        server.close()

    asyncio.run(story())


def test_a_server_that_is_not_there_looks_like_one(shared: str) -> None:
    async def story() -> None:
        async with Proxy(Upstream("/nonexistent", 5432)) as proxy:
            with pytest.raises(psycopg.OperationalError):
                await connect(shared, proxy)

    asyncio.run(story())


# --- every fault at its place -------------------------------------------------------------------------------


class Teller:
    """A device whose one command is a prepared insert, autocommitted: easy to look for afterwards."""

    def __init__(self, dsn: str, proxy: Proxy, *, name: str = "device-000", prepare: bool = True) -> None:
        self.dsn, self.proxy, self.name = dsn, proxy, name
        self.connection: psycopg.AsyncConnection[Any] | None = None

    async def say(self, key: str, deadline: float = 1.5) -> str:
        """ok, refused (no connection), lost (the connection broke) or late (nobody answered)."""
        try:
            async with asyncio.timeout(deadline):
                if self.connection is None or self.connection.closed:
                    try:
                        self.connection = await connect(self.dsn, self.proxy, application_name=f"sim/1/{self.name}")
                    except psycopg.OperationalError:
                        return "refused"
                await self.connection.execute("insert into public.noted values (%s, 'x')", [key])
        except psycopg.OperationalError:
            assert self.connection is not None
            await self.connection.close()
            return "lost"
        except TimeoutError:
            assert self.connection is not None
            self.connection.pgconn.finish()
            return "late"
        return "ok"


def stored(dsn: str, key: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select count(*) from public.noted where key = %s", [key]).fetchone()
    return int(row[0]) if row else 0


@pytest.mark.parametrize("loopback", [False, True], ids=["unix", "loopback"])
@pytest.mark.parametrize(
    ("fault", "told", "applied"),
    [
        (weather.REFUSE, ["ok", "lost", "refused", "ok"], 0),
        (weather.RESET_BEFORE, ["ok", "lost", "ok", "ok"], 0),
        (weather.RESET_AFTER, ["ok", "lost", "ok", "ok"], 1),
        (weather.STALL, ["ok", "late", "ok", "ok"], 1),
        (weather.BLACK_HOLE, ["ok", "late", "ok", "ok"], 0),
        (weather.SPIKE, ["ok", "ok", "ok", "ok"], 1),
        (weather.DRIP, ["ok", "ok", "ok", "ok"], 1),
    ],
)
def test_each_fault_does_what_it_says(shared: str, loopback: bool, fault: str, told: list[str], applied: int) -> None:
    prefix = f"{fault}-{loopback}"

    async def story() -> None:
        async with standing(shared, PlannedFault("device-000", 2, fault), loopback=loopback) as proxy:
            teller, other = Teller(shared, proxy), Teller(shared, proxy, name="device-001")
            assert await other.say(f"{prefix}-other") == "ok"
            heard, took = [], []
            for number in range(1, 5):
                began = time.perf_counter()
                heard.append(await teller.say(f"{prefix}-{number}"))
                took.append(time.perf_counter() - began)
            assert heard == told
            assert await other.say(f"{prefix}-other") == "ok", "another device's second request meets nothing"
            if fault in weather.DELAYS:
                assert took[1] >= DELAY_MS / 1000 > took[3]
            second = next(one for one in proxy.seen if one.device == "device-000" and one.request == 2)
            await proxy.quiet()
            assert (second.fired, second.applied) == (True, bool(applied))
            assert second.delivered == (fault in weather.DELAYS)
            assert proxy.fired == [PlannedFault("device-000", 2, fault)]

    asyncio.run(story())
    assert stored(shared, f"{prefix}-2") == applied
    assert stored(shared, f"{prefix}-4") == 1


def test_a_reset_after_the_commit_waits_for_the_commit(shared: str) -> None:
    async def story() -> None:
        plan = [PlannedFault("device-000", n, weather.RESET_AFTER) for n in (1, 2, 3)]
        async with standing(shared, *plan) as proxy:
            connection = await connect(shared, proxy, application_name="sim/1/device-000")
            await connection.execute("begin")
            await connection.execute("insert into public.noted values ('committed', 'x')")
            with pytest.raises(psycopg.OperationalError):
                await connection.execute("commit")
            assert [(one.fired, one.applied) for one in proxy.seen] == [(False, False), (False, False), (True, True)]
            await connection.close()

    asyncio.run(story())
    assert stored(shared, "committed") == 1


def test_in_a_pipeline_the_fault_meets_its_own_request(shared: str) -> None:
    async def story(fault: str, expected: list[int]) -> None:
        async with standing(shared, PlannedFault("device-000", 3, fault)) as proxy:
            connection = await connect(shared, proxy, application_name="sim/1/device-000")
            connection.prepare_threshold = None
            with pytest.raises(psycopg.OperationalError):
                await pipelined(connection, f"pipelined-{fault}", 5)
            await connection.close()
            await proxy.quiet()
        counts = [await asyncio.to_thread(stored, shared, f"pipelined-{fault}-{n}") for n in range(1, 4)]
        assert counts == expected

    asyncio.run(story(weather.RESET_BEFORE, [1, 1, 0]))
    asyncio.run(story(weather.RESET_AFTER, [1, 1, 1]))


def test_a_device_tells_a_doubt_from_a_request_that_never_left(shared: str) -> None:
    request = Request("check_in", uuid.uuid4(), (None,) * 8, "0" * 64)

    async def story() -> None:
        plan = [PlannedFault("device-000", 1, weather.REFUSE), PlannedFault("device-000", 3, weather.STALL)]
        async with standing(shared, *plan, counted=("check_in",)) as proxy:
            device = Device(
                "device-000", through(shared, proxy), Stopwatch(), application_name="sim/1/device-000", policy=POLICY,
                commands=("check_in",),
            )  # fmt: skip
            await device.open()
            assert proxy.seen == [], "what prepares a device does not count"
            answers = [(await device.attempt(request))[0] for _ in range(5)]
            told = [(one.status, one.code, one.lost) for one in answers]
            assert told[0] == ("unknown", LOST, True)
            assert told[1] == ("error", UNREACHED, True)
            assert told[2][0] == "error"
            assert told[2][2] is False, "an answer of the server"
            assert told[3] == ("unknown", LOST, True)
            assert told[4] == told[2]
            assert [one.request for one in proxy.seen] == [1, 2, 3, 4]
            await device.close()

    asyncio.run(story())


def test_what_it_costs_without_faults(shared: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> tuple[float, float]:
        async with standing(shared) as proxy:
            return await network.overhead(shared, through(shared, proxy), 200)

    direct, proxied = asyncio.run(story())
    with capsys.disabled():
        print(f"\nproxy: {direct:.3f} ms direct, {proxied:.3f} ms through the proxy")
    assert proxied < direct + 50
