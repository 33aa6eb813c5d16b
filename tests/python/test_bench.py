"""The benchmark measures what it says, and has no result when an arm does not do what it claims."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from bench import report, suite
from bench.__main__ import main
from bench.arms import Calls, Failed, Pgbench, Slice
from bench.meter import fdatasync_us
from bench.rounds import Outcome, Result, Spread, compare
from bench.suite import APPLICATION, BARE, CHECK_IN, SELF, Bench, Findings, Plan
from orchestrator.cluster import Cluster

pytestmark = pytest.mark.slow

PLAN = Plan(clients=(2,), rounds=2, seconds=0.2, batch=20, fastest=6000)


def quiet(_text: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def bench(server: Cluster, template: str) -> Iterator[Bench]:
    """A filled template on the test server."""
    made = Bench(server, PLAN, quiet, template="smartattend_bench_template")
    try:
        server.create_database(made.template, template)
        made.fill()
        yield made
    finally:
        made.close()


@pytest.fixture
def place(bench: Bench, request: pytest.FixtureRequest) -> Iterator[str]:
    """A filled database of the test's own."""
    name = bench.clone("smartattend_" + re.sub(r"\W", "_", request.node.name)[:40])
    yield name
    bench.cluster.drop_database(name)


def pgbench(bench: Bench, place: str, script: str, clients: int = 1) -> Pgbench:
    return Pgbench(
        "arm",
        program=bench.cluster.programs / "pgbench",
        script=script,
        conninfo=bench.conninfo(place, "postgres"),
        database=place,
        clients=clients,
        variables={},
    )


def test_a_level_gives_figures_for_every_arm(bench: Bench) -> None:
    outcome = bench.level(2)
    assert set(outcome.results) == {BARE, CHECK_IN, SELF, APPLICATION}
    for result in outcome.results.values():
        assert len(result.rates) == len(result.cpu_us) == len(result.wal) == PLAN.rounds
        assert min(result.rates) > 0
        assert min(result.cpu_us) > 0
        assert min(result.latencies) > 0
        assert result.operations > PLAN.rounds
        assert result.fsyncs is not None
    bare, check_in = outcome.results[BARE], outcome.results[CHECK_IN]
    assert Spread.of(bare.wal).median > 300
    assert Spread.of(check_in.wal).median > Spread.of(bare.wal).median, "an event and a record, not an event alone"
    assert Spread.of(check_in.cpu_us).median > Spread.of(bare.cpu_us).median
    assert check_in.rate_ratio(bare).median < 1
    assert bench.meter.one("select count(*) from pg_database where datname = 'bench_2'") == 0


def test_batches_and_registers_are_measured_per_person(bench: Bench) -> None:
    results = bench.bulk().results
    assert results["batch of 20"].operations % 20 == 0
    assert results["register of 30"].operations % 30 == 0
    assert len(results["batch of 20"].rates) == PLAN.rounds


def test_an_error_of_a_script_fails_the_run(bench: Bench, place: str) -> None:
    arm = pgbench(bench, place, "select 1 / 0;")
    with pytest.raises(Failed, match="pgbench failed") as caught:
        compare([arm], bench.meter, rounds=2, seconds={"arm": 0.2}, progress=quiet)
    assert "division by zero" in str(caught.value.observed)


def test_a_line_on_stderr_fails_the_run_though_the_exit_code_is_0(bench: Bench, place: str) -> None:
    arm = pgbench(bench, place, "do $$ begin raise warning 'something is odd'; end $$;")
    with pytest.raises(Failed, match="pgbench failed") as caught:
        compare([arm], bench.meter, rounds=2, seconds={"arm": 0.2}, progress=quiet)
    assert "something is odd" in str(caught.value.observed)


def test_a_refused_or_replayed_check_in_fails_the_run(bench: Bench, place: str) -> None:
    script = bench.script("check_in").replace(":person)", "0)")
    arm = pgbench(bench, place, script.replace(":first", "0").replace(":people", "1"))
    with pytest.raises(Failed) as caught:
        compare([arm], bench.meter, rounds=2, seconds={"arm": 0.2}, progress=quiet)
    assert "division by zero" in str(caught.value.observed)


def test_an_arm_that_leaves_too_few_rows_fails_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(suite.SCRIPTS, CHECK_IN, "idle")
    monkeypatch.setattr(Bench, "script", lambda self, name: "select 1;" if name == "idle" else SCRIPT(self, name))
    with pytest.raises(Failed, match="rows in bench_2 are not those of the operations"):
        bench.level(2)


SCRIPT = Bench.script


def test_only_one_arm_works_at_a_time(bench: Bench, place: str) -> None:
    arms = []
    with psycopg.connect(bench.cluster.dsn(place), autocommit=True) as connection:
        connection.execute("create table bench.seen (arm text, at timestamptz default clock_timestamp())")
        connection.execute("listen seen")
        for name in ("one", "two"):
            insert = f"insert into bench.seen (arm) values ('{name}') returning arm"
            arm = pgbench(bench, place, f"with seen as ({insert}) select pg_notify('seen', arm) from seen;")
            arm.name = name
            assert any(notice.payload == name for notice in connection.notifies(timeout=30)), f"{name} does not begin"
            arm.freeze()
            arms.append(arm)
    outcome = compare(arms, bench.meter, rounds=3, seconds={"one": 0.2, "two": 0.2}, progress=quiet)
    with psycopg.connect(bench.cluster.dsn(place), autocommit=True) as connection:
        rows = connection.execute("select arm from bench.seen order by at").fetchall()
    turns = [(name, len(list(group))) for name, group in itertools.groupby(rows)]
    # eight slices, and what was in flight when an arm was frozen; two at once would take turns hundreds of times
    assert len(turns) <= 16
    assert {name for (name,), count in turns if count > 2} == {"one", "two"}
    assert {name: result.operations for name, result in outcome.results.items()} == {
        name: sum(count for (arm,), count in turns if arm == name) for name in ("one", "two")
    }


def test_every_ablation_takes_something_away(bench: Bench, place: str) -> None:
    for name in suite.WITHOUT:
        database = bench.clone("bench_ablation", f"without/{name}.sql")
        arm = bench.pgbench(CHECK_IN, database, 1, 5000)
        arm.run(0.05)
        assert arm.finish() > 0, name
        before = bench.cluster.dsn(place), bench.cluster.dsn(database)
        assert fingerprint(before[0]) != fingerprint(before[1]), name
        bench.cluster.drop_database(database)


def fingerprint(dsn: str) -> object:
    query = """
        select md5(string_agg(line, ' ' order by line)) from (
          select conname || pg_get_constraintdef(oid) from pg_constraint
          union all select tgname || tgenabled::text from pg_trigger where not tgisinternal
          union all select oid::regclass::text || relrowsecurity::text from pg_class where relkind = 'r'
          union all select p.prosrc from pg_proc as p where p.pronamespace = 'identity'::regnamespace
        ) as everything (line)
    """
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchone()


def test_ids_and_keys_are_those_of_the_database(bench: Bench) -> None:
    with psycopg.connect(bench.cluster.dsn(bench.template), autocommit=True) as connection:
        for ordinal in (0, 1, 77_777):
            row = connection.execute(
                "select bench.id(3, %s)::text, bench.token(p.tenant_id, 'e', %s) from bench.place as p",
                [ordinal, ordinal],
            ).fetchone()
            assert row == (suite._bench_id(3, ordinal), bench._token("e", ordinal))
        key = suite._new_key()
        row = connection.execute("select bench.key(%s, %s)", suite._halves(key)).fetchone()
        assert row == (key,)
        assert key.version == 7


def test_a_spread_is_the_median_with_its_quartiles() -> None:
    assert Spread.of([1.0, 2.0, 3.0, 4.0, 5.0]) == Spread(2.0, 3.0, 4.0)
    assert Spread.of([7.0]) == Spread(7.0, 7.0, 7.0)
    assert Spread(1.0, 1234.5, 2000.0).text(1) == "1,234.5 (1.0–2,000.0)"


def test_calls_count_what_they_did_and_end_themselves() -> None:
    ended = []
    calls = Calls(
        "calls", database="", operations_per_call=30, most=4, call=lambda: None, close=lambda: ended.append(True)
    )
    one = calls.run(0.0)
    assert (one.operations, len(one.latencies)) == (30, 1)
    assert one.end > one.start
    assert calls.run(60.0).operations == 120
    assert calls.finish() == 150
    assert ended == [True]


def test_the_disk_is_asked_how_long_it_takes(tmp_path: Path) -> None:
    assert 0 < fdatasync_us(tmp_path, count=3) < 10_000_000
    assert not list(tmp_path.iterdir())


def some(rate: float, cpu: float) -> Result:
    return Result("some", 1, [rate, rate], [cpu, cpu], [500.0, 500.0], [0.001, 0.002], 10, 1.0)


def some_findings(ratio: float, cpu: float, batch_ms: float) -> Findings:
    level = Outcome({BARE: some(1000, 50), CHECK_IN: some(1000 * ratio, cpu)}, 0.0)
    batch = Result("batch of 1,000", 1000, [1000.0, 1000.0], [9.0, 9.0], [9.0, 9.0], [batch_ms / 1000] * 2, 2000)
    ablation = {name: some(500, cpu) for name in ("whole", *suite.WITHOUT, "all", suite.TWO_INSERTS, BARE)}
    return Findings(
        PLAN,
        "18.0",
        {1: level},
        Outcome({BARE: some(1000, 50), batch.name: batch}, 0.0),
        Outcome(ablation, 0.0),
        {"whole": 200, "session": 150, BARE: 20},
        {"events": 2, "records": 1},
        60.0,
    )


@pytest.mark.parametrize(
    ("ratio", "cpu", "batch_ms", "broken"), [(0.5, 400, 70, 0), (0.3, 400, 70, 1), (0.3, 500, 70, 2), (0.3, 500, 90, 3)]
)
def test_the_report_says_which_promises_hold(ratio: float, cpu: float, batch_ms: float, broken: int) -> None:
    text = report.render([("machine", "one")], [some_findings(ratio, cpu, batch_ms)])
    assert text.count("**no**") == broken
    assert text.count("| yes |") == 3 - broken
    assert "| without binding the session | 400" in text or cpu != 400
    assert "| 150 | 25% |" in text


def test_help_says_what_it_does() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert "against bare inserts" in result.output


def test_a_slice_starts_empty() -> None:
    assert Slice(1.0, 2.0).operations == 0
