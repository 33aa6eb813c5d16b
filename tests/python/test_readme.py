"""What the documents say is true: the examples run, the generated parts are fresh, commands and links exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from docs import generate
from orchestrator.cli import cli
from orchestrator.cluster import Cluster
from orchestrator.database import LIBPQ_CHOOSES
from orchestrator.migrations import libpq_environment
from tests.harness import ROOT

once = pytest.mark.once

DOCUMENTS = [ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *generate.documents()]
MARKED = re.compile(r"<!-- (example|output): (\S+) -->\n```\w+\n(.*?)\n```\n", re.DOTALL)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def marked(kind: str) -> dict[str, str]:
    """The marked examples or outputs of the README by name."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return {name: body for found, name, body in MARKED.findall(text) if found == kind}


def shell_lines(path: Path) -> Iterator[str]:
    """The commands in a document's shell blocks, with continued lines joined."""
    for language, body in FENCED.findall(path.read_text(encoding="utf-8")):
        if language == "sh":
            yield from body.replace("\\\n", " ").splitlines()


# --- generated parts -------------------------------------------------------------------------------------


def test_the_generated_parts_are_those_of_this_database(connection: psycopg.Connection[object]) -> None:
    names = [str(path.relative_to(ROOT)) for path in generate.stale(connection)]
    assert not names, f"stale: {', '.join(names)}; write them anew with docs/generate.py"


@once
def test_every_block_is_used_and_every_marker_is_closed() -> None:
    used = set()
    for path in generate.documents():
        text = path.read_text(encoding="utf-8")
        calls = [match["call"].split()[0] for match in generate.MARKED.finditer(text)]
        assert len(calls) == text.count("<!-- generated:") == text.count("<!-- end of generated -->"), path
        used |= set(calls)
    assert used == set(generate.BLOCKS)


@once
def test_a_table_survives_whatever_is_in_a_cell() -> None:
    assert generate.table(["a"], [["x|y\nz"], [None], [True], [False]]) == (
        "| a |\n| --- |\n| x\\|y z |\n|  |\n| yes |\n|  |\n"
    )


@once
def test_a_stale_document_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    document = tmp_path / "x.md"
    document.write_text("a\n<!-- generated: hello you -->\nold\n<!-- end of generated -->\nb\n")
    monkeypatch.setattr(generate, "documents", lambda: [document])
    monkeypatch.setattr(generate, "BLOCKS", {"hello": lambda connection, name: f"hello {name}"})
    found = generate.stale(None)  # type: ignore[arg-type]
    assert found == {document: "a\n<!-- generated: hello you -->\n\nhello you\n\n<!-- end of generated -->\nb\n"}
    document.write_text(found[document])
    assert generate.stale(None) == {}  # type: ignore[arg-type]


# --- examples --------------------------------------------------------------------------------------------


@pytest.fixture
def application_role(server: Cluster) -> Iterator[None]:
    """The README's role of an application, which belongs to the whole server, is there for one test only."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        connection.execute("drop role if exists attendance_app")
        yield
        connection.execute("drop role if exists attendance_app")


@pytest.mark.usefixtures("application_role")
def test_the_complete_example_runs_and_prints_what_the_readme_says(database: str, tmp_path: Path) -> None:
    examples, outputs = marked("example"), marked("output")
    (tmp_path / "check_in.py").write_text(examples["check_in.py"])
    script = "\n".join(
        [
            examples["setup"],
            "PGUSER=attendance_app python check_in.py > check_in.py.out",
            examples["psql"].replace("<<'SQL'", "> psql.out <<'SQL'"),
        ]
    )
    environment = {
        **{name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL") if name in os.environ},
        **libpq_environment({name: str(value) for name, value in conninfo_to_dict(database).items()}),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PSQLRC": "/dev/null",
    }
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for name, expected in outputs.items():
        printed = (tmp_path / f"{name}.out").read_text().rstrip().splitlines()
        assert [line.rstrip() for line in printed] == [line.rstrip() for line in expected.splitlines()], name


@once
def test_every_example_is_run_by_a_test() -> None:
    # "deploy" runs in test_deployer.py
    assert set(marked("example")) == {"deploy", "setup", "check_in.py", "psql"}
    assert set(marked("output")) == {"check_in.py", "psql"}


@once
def test_the_operators_login_has_the_roles_that_the_commands_need() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    made = re.search(r"^create role attendance_operator login (in role [a-z_, ]+);$", text, re.MULTILINE)
    assert made is not None
    assert f"`{made[1]}`" in text.partition("## For the operator")[2]
    roles = made[1].removeprefix("in role ").split(", ")
    assert {"smartattend_operator", "smartattend_app"} == set(roles)


# --- commands and links ----------------------------------------------------------------------------------


def resolve(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the words name, and the words that are left for it."""
    command: click.Command = cli
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"there is no command {words[0]}"
        command, words = found, words[1:]
    return command, words


@once
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists_with_its_options(path: Path) -> None:
    seen = 0
    for line in shell_lines(path):
        for part in re.findall(r"(?:^|\$\(|&& )(smartattend [^)]*)", line):
            words = shlex.split(part.split("<<<")[0], comments=True)[1:]
            command, rest = resolve(words)
            known = {name for parameter in command.params for name in parameter.opts} | {"--help", "--version"}
            options = [word.split("=")[0] for word in rest if word.startswith("--")]
            assert set(options) <= known, part
            seen += 1
    assert seen or path.name != "README.md"


@once
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_in_the_documents_exists(path: Path) -> None:
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE))
    assert named <= targets


@once
def test_make_psql_is_about_the_embedded_server_whatever_the_environment_says(tmp_path: Path) -> None:
    tool = tmp_path / ".venv" / "bin" / "smartattend"
    tool.parent.mkdir(parents=True)
    tool.write_text('#!/bin/sh\nenv > "$2"\n')
    tool.chmod(0o755)
    chosen = dict.fromkeys((*LIBPQ_CHOOSES, "PGUSER", "SMARTATTEND_DSN"), "elsewhere")
    subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "-o", ".venv/.demo", "psql"],
        cwd=tmp_path,
        env=os.environ | chosen,
        check=True,
    )
    seen = {line.partition("=")[0] for line in (tmp_path / "psql").read_text().splitlines()}
    assert "PATH" in seen
    assert not seen & set(chosen)


@once
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, target
