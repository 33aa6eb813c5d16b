"""The verifier that an auditor is handed: reference values, and every kind of damage found and named."""

from __future__ import annotations

import ast
import base64
import copy
import dataclasses
import gzip
import hashlib
import json
import random
import struct
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.ledger import offline
from orchestrator.ledger.offline import Form, Proof, audit_path, leaf_hash, merkle_root, root_from_path, value_bytes

pytestmark = pytest.mark.once

Line = dict[str, Any]
Lines = list[Line]
Check = Callable[..., offline.Report]

SOURCE = Path(offline.__file__)
A, B = "0192aaaa-0000-7000-8000-00000000000a", "0192bbbb-0000-7000-8000-00000000000b"
NIL = offline.NOBODY

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""Of the certificate-transparency reference implementation."""


@pytest.mark.parametrize("size", range(9))
def test_trees_have_the_reference_roots(size: int) -> None:
    assert merkle_root(leaf_hash(data) for data in LEAVES[:size]).hex() == ROOTS[size]


def test_a_tree_is_that_of_the_recursive_definition() -> None:
    def defined(leaves: list[bytes]) -> bytes:
        if len(leaves) == 1:
            return leaves[0]
        split = 1
        while split * 2 < len(leaves):
            split *= 2
        return hashlib.sha256(b"\x01" + defined(leaves[:split]) + defined(leaves[split:])).digest()

    leaves = [leaf_hash(bytes([number])) for number in range(70)]
    for size in range(1, len(leaves) + 1):
        assert merkle_root(leaves[:size]) == defined(leaves[:size])


@given(st.integers(1, 200), st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_no_other(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(struct.pack(">I", number)) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, root = audit_path(leaves, index), merkle_root(leaves)
    assert root_from_path(leaves[index], index, size, path) == root
    assert root_from_path(leaf_hash(b"other"), index, size, path) != root
    with pytest.raises(ValueError, match="too long"):
        root_from_path(leaves[index], index, size, [*path, root])
    if path:
        with pytest.raises(ValueError, match="too short"):
            root_from_path(leaves[index], index, size, path[:-1])
    if size > 1:
        other = (index + 1) % size
        try:
            observed = root_from_path(leaves[index], other, size, path)
        except ValueError:
            observed = b""
        assert observed != root


@pytest.mark.parametrize(
    ("type_name", "text", "expected"),
    [
        ("uuid", "01923456-789a-7bcd-8ef0-123456789abc", "01923456789a7bcd8ef0123456789abc"),
        ("timestamp with time zone", "2000-01-01T00:00:00.000000Z", "0000000000000000"),
        ("timestamp with time zone", "2000-01-01T00:00:01.000001Z", "00000000000f4241"),
        ("timestamp with time zone", "1999-12-31T23:59:59.999999Z", "ffffffffffffffff"),
        ("timestamp with time zone", "2026-03-02T08:00:00.000000Z", struct.pack(">q", 825753600000000).hex()),
        ("timestamp with time zone", "12026-03-02T08:00:00.000000Z", struct.pack(">q", 316395273600000000).hex()),
        ("timestamp with time zone", "infinity", "7fffffffffffffff"),
        ("timestamp with time zone", "-infinity", "8000000000000000"),
        ("date", "2000-01-01", "00000000"),
        ("date", "1999-12-31", "ffffffff"),
        ("date", "2026-03-02", "00002555"),
        ("date", "0001-01-01", struct.pack(">i", -730119).hex()),
        ("date", "0000-12-31", struct.pack(">i", -730120).hex()),
        ("date", "infinity", "7fffffff"),
        ("date", "-infinity", "80000000"),
        ("smallint", "-2", "fffe"),
        ("integer", "-2147483648", "80000000"),
        ("bigint", "9223372036854775807", "7fffffffffffffff"),
        ("xid8", "18446744073709551615", "ffffffffffffffff"),
        ("boolean", "true", "01"),
        ("boolean", "false", "00"),
        ("double precision", "1.5", "3ff8000000000000"),
        ("double precision", "-0", "8000000000000000"),
        ("double precision", "Infinity", "7ff0000000000000"),
        ("double precision", "NaN", "7ff8000000000000"),
        ("interval", "3600000000 0 0", "00000000d693a4000000000000000000"),
        ("interval", "-1 -2 -3", "fffffffffffffffffffffffefffffffd"),
        ("bytea", "00ff", "00ff"),
        ("bytea", "", ""),
        ("text", "Zoë 😀", "5a6fc3ab20f09f9880"),
        ("text", "", ""),
        ("jsonb", '{"a": [1, null]}', b'{"a": [1, null]}'.hex()),
        ("numeric(10,2)", "1.50", b"1.50".hex()),
        ("inet", "10.0.0.1", b"10.0.0.1".hex()),
        ("text[]", '["a", null]', b'["a", null]'.hex()),
        ("timestamp(0) with time zone", "infinity", "7fffffffffffffff"),
    ],
)  # fmt: skip
def test_values_have_the_bytes_of_the_format(type_name: str, text: str, expected: str) -> None:
    observed = value_bytes(type_name, text)
    assert observed is not None
    assert observed.hex() == expected


@pytest.mark.parametrize(
    ("type_name", "text"),
    [
        ("uuid", "01923456789a7bcd8ef0123456789abc"), ("uuid", "z1923456-789a-7bcd-8ef0-123456789abc"),
        ("timestamp with time zone", "2026-03-02T08:00:00Z"), ("timestamp with time zone", "2026-03-02"),
        ("timestamp with time zone", "2026-02-30T08:00:00.000000Z"),
        ("timestamp with time zone", "12026-03-02T24:00:00.000000Z"),
        ("date", "2026-02-30"), ("date", "2026-3-2"), ("integer", "1_0"), ("integer", "+1"), ("integer", " 1"),
        ("integer", "2147483648"), ("xid8", "-1"), ("boolean", "t"), ("double precision", "one"),
        ("interval", "1 2"), ("interval", "01:00:00"), ("bytea", "0"), ("text", 1), ("double precision", 1.5),
        ("text", "\ud800"), ("boolean", None.__class__),
    ],
)  # fmt: skip
def test_what_is_no_value_of_its_type_is_refused(type_name: str, text: Any) -> None:
    with pytest.raises(offline.NOT_A_VALUE):
        value_bytes(type_name, text)


def test_null_differs_from_empty_and_frames_do_not_run_together() -> None:
    form = Form("x.y", 1, [("a", "text"), ("b", "text")])
    seen = {offline.row_bytes(form, values) for values in ([None, None], ["", ""], ["ab", ""], ["a", "b"], ["", None])}
    assert len(seen) == 5
    head = b"\x00\x00\x00\x11smartattend row 1\x00\x00\x00\x20" + hashlib.sha256(b"x.y(a text,b text)").digest()
    assert offline.row_bytes(form, ["é", None]) == head + b"\x00\x00\x00\x02\xc3\xa9" + b"\xff\xff\xff\xff"


def test_it_runs_on_python_3_9_with_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    result = subprocess.run([sys.executable, "-S", "-I", SOURCE, "--help"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "3 damage found" in result.stdout


# --- a small ledger, sealed here -------------------------------------------------------------------------

FORMS = {
    "attendance.event": [["tenant_id", "uuid"], ["id", "uuid"], ["recorded_at", "timestamp with time zone"],
                         ["detail", "jsonb"], ["note", "text"], ["xid", "xid8"]],
    "attendance.sample": [["tenant_id", "uuid"], ["device_id", "uuid"], ["taken_at", "timestamp with time zone"],
                          ["offset", "double precision"]],
    "ledger.change": [["tenant_id", "uuid"], ["id", "uuid"], ["relation", "text"], ["payload_hash", "bytea"]],
    "ledger.redaction": [["tenant_id", "uuid"], ["id", "uuid"], ["row_key", "jsonb"], ["changes", "uuid[]"]],
}  # fmt: skip
SALT = b"salt and pepper!"


def key_of(relation: str, values: list[str]) -> str:
    return f"{values[1]}/{values[2]}" if relation == "attendance.sample" else values[1]


def identity(*parts: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


def event(tenant: str, block: int, number: int) -> list[str | None]:
    recorded = f"2026-03-{block:02d}T08:{number:02d}:00.000000Z"
    note = None if number % 2 else f"Zoë {number}"
    return [tenant, identity(tenant, block, number), recorded, '{"a": 1}', note, str(block * 100 + number)]


def sample(tenant: str, block: int, number: int) -> list[str | None]:
    return [tenant, identity("device", number), f"2026-03-{block:02d}T09:00:0{number}.000000Z", f"{number}.5"]


def change(tenant: str, block: int, number: int) -> list[str | None]:
    hashed = hashlib.sha256(SALT + payload(tenant, block, number).encode()).hexdigest()
    return [tenant, identity("change", tenant, block, number), "tenancy.member", hashed]


def payload(tenant: str, block: int, number: int) -> str:
    return json.dumps({"name": f"Ann {block}.{number}", "tenant": tenant})


def export_line(**changed: object) -> Line:
    line = {"version": 1, "database": "school", "exported_at": "2026-03-31T00:00:00.000000Z", "from": 1, "to": 0,
            "tenant": None, "relation": None, "partition": None}  # fmt: skip
    return {"export": line | changed}


def block_line(number: int, entries: list[tuple[bytes, int]], previous: str | None, **changed: object) -> Line:
    block: Line = {
        "number": number,
        "epoch": 1,
        "horizon": str(number * 1000),
        "rows": sum(rows for _, rows in entries),
        "entries": len(entries),
        "sealed_at": f"2026-03-{number:02d}T23:00:00.000000Z",
        "root": merkle_root(entry for entry, _ in entries).hex(),
        "fingerprint": hashlib.sha256(b"guard").hexdigest() if number > 1 else None,
        "previous": previous,
    }
    block |= changed
    return {"block": block | {"hash": offline.block_hash(block).hex()}}


def ledger(
    *,
    blocks: int = 4,
    tenant: str | None = None,
    partition: str | None = None,
    retired: bool = False,
    redacted: bool = True,
    alter: Callable[[int, str, str, list[list[str | None]]], None] | None = None,
) -> Lines:
    """The lines of an export of two tenants, without the end; ``alter`` may change rows before they are sealed."""
    lines = [export_line(to=blocks, tenant=tenant, relation="attendance.sample" if partition else None,
                         partition=partition)]  # fmt: skip
    lines += [{"form": {"relation": relation, "form": 1, "columns": columns}} for relation, columns in FORMS.items()]
    totals: dict[tuple[str, str, str], int] = {}
    previous = None
    for number in range(1, blocks + 1):
        trees: list[tuple[Line, Lines]] = []
        for owner in (A, B):
            for relation, part, count in (
                ("attendance.event", "", 2 + number),
                ("attendance.sample", "sample_2026_03", 2),
                ("ledger.change", "", 3 if number < 3 else 0),
                ("ledger.redaction", "", 1 if number == 4 and owner == A and redacted else 0),
            ):
                if count:
                    trees.append(tree_lines(number, owner, relation, part, count, totals, alter))
        hashes = [entry_of(tree) for tree, _ in trees]
        block = block_line(number, [(entry, tree["rows"]) for entry, (tree, _) in zip(hashes, trees, strict=True)],
                           previous)  # fmt: skip
        previous = block["block"]["hash"]
        lines.append(block)
        for index, (tree, rows) in enumerate(trees):
            tree["index"] = index
            if (tenant or tree["tenant"]) != tree["tenant"] or (partition or tree["partition"]) != tree["partition"]:
                continue
            if tenant or partition:
                tree["path"] = [item.hex() for item in audit_path(hashes, index)]
            if retired and tree["partition"]:
                tree["retired"] = True
                rows = []
            lines += [{"tree": tree}, *rows]
    return lines


def tree_lines(
    number: int,
    owner: str,
    relation: str,
    part: str,
    count: int,
    totals: dict[tuple[str, str, str], int],
    alter: Callable[[int, str, str, list[list[str | None]]], None] | None,
) -> tuple[Line, Lines]:
    made = {"attendance.event": event, "attendance.sample": sample, "ledger.change": change}
    if relation == "ledger.redaction":
        gone = [identity("change", A, 1, 0), identity("change", A, 1, 1)]
        values: list[list[str | None]] = [[A, identity("redaction"), '{"id": 1}', json.dumps(gone)]]
    else:
        values = [made[relation](owner, number, row) for row in range(count)]
    if alter is not None:
        alter(number, owner, relation, values)
    form = Form(relation, 1, [(name, kind) for name, kind in FORMS[relation]])
    leaves = [leaf_hash(offline.row_bytes(form, row)) for row in values]
    totals[(owner, relation, part)] = totals.get((owner, relation, part), 0) + len(values)
    tree = {
        "block": number,
        "index": 0,
        "tenant": owner,
        "relation": relation,
        "partition": part,
        "form": 1,
        "rows": len(values),
        "total": totals[(owner, relation, part)],
        "root": merkle_root(leaves).hex(),
        "keys": [key_of(relation, row) for row in values],
        "leaves": base64.b64encode(b"".join(leaves)).decode(),
    }
    lines: Lines = []
    for at, row in enumerate(values):
        lines.append({"row": {"values": row}})
        if relation == "ledger.change" and not (owner == A and number == 1 and at < 2):
            lines.append({"payload": {"salt": SALT.hex(), "payload": payload(owner, number, at)}})
    return tree, lines


def entry_of(tree: Line) -> bytes:
    root = bytes.fromhex(tree["root"])
    return leaf_hash(
        offline.entry_bytes(tree["tenant"], tree["relation"], tree["partition"], tree["form"], tree["rows"],
                            tree["total"], root)
    )  # fmt: skip


def render(lines: Lines) -> bytes:
    """The lines as a file, with the end that belongs to them."""
    body = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    counts = {f"{kind}s": sum(kind in line for line in lines) for kind in ("block", "tree", "row")}
    return body + json.dumps({"end": counts | {"sha256": hashlib.sha256(body).hexdigest()}}).encode() + b"\n"


def digest_of(lines: Lines, number: int) -> str:
    block = next(line["block"] for line in lines if "block" in line and line["block"]["number"] == number)
    return json.dumps({"digest": "smartattend ledger", "version": 1, "database": "school", **block})


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """``check(lines…, digests=[4])`` verifies exports against digests of the ledger as it was sealed."""

    def run(*exports: Lines | bytes, digests: tuple[int, ...] = (4,), kept: Lines | None = None, **options: Any) -> Any:
        paths = []
        for at, lines in enumerate(exports):
            paths.append(tmp_path / f"export-{at}.jsonl")
            paths[-1].write_bytes(lines if isinstance(lines, bytes) else render(lines))
        files = []
        for number in digests:
            files.append(tmp_path / f"digest-{number}.json")
            files[-1].write_text(digest_of(kept or SEALED, number))
        return offline.verify(paths, files, **options)

    return run


SEALED = ledger()


def changed() -> Lines:
    """A copy of the sealed export, to be damaged."""
    return copy.deepcopy(SEALED)


def find_tree(lines: Lines, block: int, tenant: str, relation: str = "attendance.event") -> int:
    """The position of a tree's line."""
    return next(
        at
        for at, line in enumerate(lines)
        if "tree" in line
        and (line["tree"]["block"], line["tree"]["tenant"], line["tree"]["relation"]) == (block, tenant, relation)
    )


def find_row(lines: Lines, block: int, tenant: str, number: int, relation: str = "attendance.event") -> int:
    """The position of a row's line."""
    at = find_tree(lines, block, tenant, relation)
    rows = [at for at in range(at + 1, len(lines)) if "row" in lines[at]]
    return rows[number]


def find_block(lines: Lines, number: int) -> int:
    """The position of a block's line."""
    return next(at for at, line in enumerate(lines) if "block" in line and line["block"]["number"] == number)


def brief(report: offline.Report) -> list[tuple[Any, ...]]:
    """Problem, block, tenant, relation and row of each finding."""
    assert not report.errors, report.errors
    return [(each.problem, each.block, each.tenant, each.relation, each.row) for each in report.findings]


EVENT = "attendance.event"


def test_what_was_not_touched_holds(check: Check) -> None:
    report = check(SEALED)
    assert brief(report) == []
    assert (report.exit_code, report.held_to, report.blocks) == (0, 4, 4)
    assert (report.rows, report.payloads, report.redacted) == (65, 10, 2)
    assert "HELD: 4 blocks" in report.text()
    assert "up to block 4" in report.text()


def test_a_digest_in_the_middle_vouches_for_what_lies_before_it(check: Check) -> None:
    report = check(SEALED, digests=(2,))
    assert (report.exit_code, report.held_to) == (0, 2)
    assert "after block 2" in report.text()


def test_without_a_digest_it_only_agrees_with_itself(check: Check) -> None:
    report = check(SEALED, digests=())
    assert (report.exit_code, report.held_to) == (0, None)
    assert "no digest vouches" in report.text()


@pytest.mark.parametrize("column", [2, 3, 4, 5])
def test_an_edited_row_is_named(check: Check, column: int) -> None:
    lines = changed()
    values = lines[find_row(lines, 3, B, 1)]["row"]["values"]
    values[column] = {2: "2026-03-01T08:00:00.000000Z", 3: "{}", 4: "", 5: "1"}[column]
    report = check(lines)
    assert brief(report) == [("row_edited", 3, B, EVENT, values[1])]
    assert report.findings[0].expected != report.findings[0].observed
    assert report.exit_code == 3


def test_an_edited_row_with_a_composite_key_is_named(check: Check) -> None:
    lines = changed()
    values = lines[find_row(lines, 3, B, 1, "attendance.sample")]["row"]["values"]
    values[3] = "9.5"
    expected = ("row_edited", 3, B, "attendance.sample", f"{values[1]}/{values[2]}")
    assert brief(check(lines)) == [expected]


def test_every_row_of_a_tree_edited_is_named(check: Check) -> None:
    lines = changed()
    for number in range(3):
        lines[find_row(lines, 1, A, number)]["row"]["values"][3] = "{}"
        lines[find_row(lines, 1, B, number)]["row"]["values"][3] = "{}"
    expected = [("row_edited", 1, t, EVENT, event(t, 1, n)[1]) for t in (A, B) for n in range(3)]
    assert brief(check(lines)) == expected


def test_a_deleted_row_is_named(check: Check) -> None:
    lines = changed()
    del lines[find_row(lines, 2, A, 0)]
    assert brief(check(lines)) == [("row_deleted", 2, A, EVENT, event(A, 2, 0)[1])]


def test_all_rows_deleted_are_named(check: Check) -> None:
    lines = changed()
    for _ in range(4):
        del lines[find_row(lines, 2, A, 0)]
    assert brief(check(lines)) == [("row_deleted", 2, A, EVENT, event(A, 2, n)[1]) for n in range(4)]


def test_an_added_row_is_named(check: Check) -> None:
    lines = changed()
    lines.insert(find_row(lines, 2, A, 2), {"row": {"values": event(A, 2, 50)}})
    assert brief(check(lines)) == [("row_added", 2, A, EVENT, event(A, 2, 50)[1])]


def test_a_row_moved_to_another_tenant_is_named(check: Check) -> None:
    lines = changed()
    row = lines.pop(find_row(lines, 2, A, 1))
    row["row"]["values"][0] = B
    lines.insert(find_row(lines, 2, B, 2), row)
    report = check(lines)
    assert brief(report) == [("row_moved", 2, A, EVENT, event(A, 2, 1)[1])]
    assert report.findings[0].observed == f"tenant {B}"


def test_a_back_dated_row_is_named(check: Check) -> None:
    lines = changed()
    row = lines.pop(find_row(lines, 3, A, 1))
    row["row"]["values"][5] = "100"
    lines.insert(find_row(lines, 1, A, 0), row)
    report = check(lines)
    assert brief(report) == [("row_moved", 3, A, EVENT, event(A, 3, 1)[1])]
    assert "back-dated" in report.findings[0].says
    assert report.findings[0].observed == "block 1"


def test_a_new_row_in_an_old_block_is_named(check: Check) -> None:
    lines = changed()
    lines.insert(find_row(lines, 1, B, 0), {"row": {"values": [*event(B, 4, 30)[:5], "100"]}})
    report = check(lines)
    assert brief(report) == [("row_added", 1, B, EVENT, event(B, 4, 30)[1])]
    assert "back-dated" in report.findings[0].says


def test_rows_with_their_contents_swapped_are_both_named(check: Check) -> None:
    lines = changed()
    one, two = (lines[find_row(lines, 3, B, number)]["row"]["values"] for number in (0, 3))
    one[2:], two[2:] = two[2:], one[2:]
    assert brief(check(lines)) == [("row_edited", 3, B, EVENT, one[1]), ("row_edited", 3, B, EVENT, two[1])]


def test_rows_out_of_order_are_named(check: Check) -> None:
    lines = changed()
    one, two = find_row(lines, 3, B, 0), find_row(lines, 3, B, 3)
    lines[one], lines[two] = lines[two], lines[one]
    found = brief(check(lines))
    assert {each[0] for each in found} == {"row_reordered"}
    assert ("row_reordered", 3, B, EVENT, event(B, 3, 0)[1]) in found


def test_a_row_that_stands_twice_is_named(check: Check) -> None:
    lines = changed()
    at = find_row(lines, 3, B, 1)
    lines.insert(at, copy.deepcopy(lines[at]))
    assert brief(check(lines)) == [("row_repeated", 3, B, EVENT, event(B, 3, 1)[1])]


def test_a_changed_leaf_is_named_with_its_row(check: Check) -> None:
    lines = changed()
    tree = lines[find_tree(lines, 2, B)]["tree"]
    leaves = bytearray(base64.b64decode(tree["leaves"]))
    leaves[40] ^= 1
    tree["leaves"] = base64.b64encode(leaves).decode()
    assert brief(check(lines)) == [("leaf_changed", 2, B, EVENT, event(B, 2, 1)[1])]


def test_a_row_edited_together_with_its_leaf_is_found(check: Check) -> None:
    lines = changed()
    at = find_row(lines, 2, B, 1)
    lines[at]["row"]["values"][3] = "{}"
    form = Form(EVENT, 1, [(name, kind) for name, kind in FORMS[EVENT]])
    tree = lines[find_tree(lines, 2, B)]["tree"]
    leaves = bytearray(base64.b64decode(tree["leaves"]))
    leaves[32:64] = leaf_hash(offline.row_bytes(form, lines[at]["row"]["values"]))
    tree["leaves"] = base64.b64encode(leaves).decode()
    assert brief(check(lines)) == [("leaves_changed", 2, B, EVENT, None)]
    tree["root"] = merkle_root(leaves[i : i + 32] for i in range(0, len(leaves), 32)).hex()
    assert brief(check(lines)) == [("entry_changed", 2, None, None, None)]


def test_a_changed_key_is_named(check: Check) -> None:
    lines = changed()
    lines[find_tree(lines, 2, B)]["tree"]["keys"][1] = identity("somebody else")
    report = check(lines)
    assert brief(report) == [("key_changed", 2, B, EVENT, event(B, 2, 1)[1])]
    assert report.findings[0].observed == identity("somebody else")


def test_keys_that_are_missing_are_found(check: Check) -> None:
    lines = changed()
    del lines[find_tree(lines, 2, B)]["tree"]["keys"][3]
    assert brief(check(lines)) == [("keys_changed", 2, B, EVENT, None)]


@pytest.mark.parametrize("member", ["rows", "total", "root", "partition", "tenant"])
def test_a_changed_entry_is_found(check: Check, member: str) -> None:
    lines = changed()
    tree = lines[find_tree(lines, 2, B)]["tree"]
    tree[member] = {"rows": 3, "total": 8, "root": "0" * 64, "partition": "other", "tenant": A}[member]
    report = check(lines)
    assert report.exit_code == 3
    assert ("entry_changed", 2, None, None, None) in brief(report)


def test_a_tree_that_was_taken_out_is_found(check: Check) -> None:
    lines = changed()
    at = find_tree(lines, 2, B)
    lines[at : at + 5] = []
    found = {each[0] for each in brief(check(lines))}
    assert found == {"entry_missing", "rows_wrong", "entry_changed", "total_wrong"}


@pytest.mark.parametrize("member", ["rows", "horizon", "sealed_at", "fingerprint", "epoch"])
def test_a_changed_header_is_found(check: Check, member: str) -> None:
    lines = changed()
    block = lines[find_block(lines, 3)]["block"]
    block[member] = {"rows": 99, "horizon": "2500", "sealed_at": "2026-01-01T00:00:00.000000Z"}.get(member)
    if member == "epoch":
        block[member] = 2
    found = brief(check(lines))
    assert ("block_changed", 3, None, None, None) in found


def test_a_missing_block_is_found(check: Check) -> None:
    lines = changed()
    lines[find_block(lines, 2) : find_block(lines, 3)] = []
    found = brief(check(lines))
    assert found[0] == ("block_missing", 2, None, None, None)


def edited_and_sealed_again(number: int, tenant: str, relation: str, values: list[list[str | None]]) -> None:
    if (number, tenant, relation) == (2, B, EVENT):
        values[1][3] = "{}"


def test_a_chain_that_was_forged_again_is_found_by_the_digest_alone(check: Check) -> None:
    lines = ledger(alter=edited_and_sealed_again)
    assert check(lines, digests=()).exit_code == 0
    report = check(lines, digests=(1, 4))
    assert brief(report) == [("chain_reforged", 4, None, None, None)]
    assert "after block 1" in report.findings[0].says
    assert [each["state"] for each in report.digests] == ["held", "differs"]


def test_a_fork_is_found(check: Check) -> None:
    lines = changed()
    other = ledger(alter=edited_and_sealed_again)
    lines[find_block(lines, 3) :] = other[find_block(other, 3) :]
    found = brief(check(lines, digests=(2,)))
    assert found == [("chain_broken", 3, None, None, None)]
    found = brief(check(SEALED, other))
    assert [each[:2] for each in found] == [("chain_forked", 2), ("chain_forked", 3), ("chain_forked", 4)]


def test_a_cut_tail_is_found(check: Check) -> None:
    lines = changed()
    lines[find_block(lines, 3) :] = []
    found = brief(check(lines))
    assert (found[0], found[-1]) == (("block_missing", 3, None, None, None), ("tail_cut", 4, None, None, None))
    lines[0]["export"]["to"] = 2
    report = check(lines)
    gone = [("payload_missing", 1, A, "ledger.change", change(A, 1, number)[1]) for number in (0, 1)]
    assert brief(report) == [*gone, ("tail_cut", 4, None, None, None)]  # the redactions were in the tail
    assert report.findings[-1].observed == "the last block is 2"
    lines = [line for line in lines if line.get("form", {}).get("relation") != "ledger.redaction"]
    assert check(lines, digests=(2,)).exit_code == 0


def test_an_export_that_begins_later_is_held_by_the_digest_before_it(check: Check) -> None:
    lines = changed()
    lines[5 : find_block(lines, 3)] = []
    lines[0]["export"]["from"] = 3
    assert check(lines, digests=(2,)).exit_code == 0
    assert check(lines, digests=(4,)).exit_code == 0
    report = check(lines, digests=(1,))
    assert report.exit_code == 1
    assert "none of the digests" in report.errors[0]
    other = ledger(alter=edited_and_sealed_again)
    assert brief(check(lines, digests=(2,), kept=other)) == [("chain_reforged", 2, None, None, None)]


def test_an_edited_payload_is_named(check: Check) -> None:
    lines = changed()
    at = find_row(lines, 2, A, 1, "ledger.change") + 1
    lines[at]["payload"]["payload"] = "{}"
    assert brief(check(lines)) == [("payload_edited", 2, A, "ledger.change", change(A, 2, 1)[1])]


def test_a_payload_that_no_redaction_names_is_missed(check: Check) -> None:
    lines = changed()
    del lines[find_row(lines, 2, A, 1, "ledger.change") + 1]
    report = check(lines)
    assert brief(report) == [("payload_missing", 2, A, "ledger.change", change(A, 2, 1)[1])]
    assert report.redacted == 2


def test_a_payload_is_taken_for_redacted_where_redactions_are_not_in_the_export(check: Check) -> None:
    lines = ledger(redacted=False)
    lines = [line for line in lines if line.get("form", {}).get("relation") != "ledger.redaction"]
    report = check(lines, kept=ledger(redacted=False))
    assert (brief(report), report.redacted) == ([], 2)


def test_a_tenant_s_export_holds_by_itself(check: Check) -> None:
    lines = ledger(tenant=B)
    assert A not in render(lines).decode()
    report = check(lines)
    assert (brief(report), report.held_to) == ([], 4)
    lines[find_row(lines, 2, B, 1)]["row"]["values"][3] = "{}"
    assert brief(check(lines)) == [("row_edited", 2, B, EVENT, event(B, 2, 1)[1])]


def test_a_changed_path_or_place_in_a_tenant_s_export_is_named(check: Check) -> None:
    lines = ledger(tenant=B)
    tree = lines[find_tree(lines, 2, B)]["tree"]
    tree["path"][0] = "0" * 64
    assert brief(check(lines)) == [("entry_changed", 2, B, EVENT, None)]
    lines = ledger(tenant=B)
    del lines[find_tree(lines, 2, B)]["tree"]["path"][0]
    assert brief(check(lines)) == [("entry_changed", 2, B, EVENT, None)]


def test_a_tree_that_is_missing_in_a_tenant_s_export_is_missed(check: Check) -> None:
    lines = ledger(tenant=B)
    at = find_tree(lines, 2, B, "attendance.sample")
    lines[at : at + 3] = []
    found = brief(check(lines))
    assert ("total_wrong", 3, B, "attendance.sample", None) in found
    assert ("entry_missing", 2, B, "ledger.change", None) in found


def test_a_retired_partition_holds_with_its_archive_only(check: Check) -> None:
    main, archive = ledger(retired=True), ledger(partition="sample_2026_03")
    report = check(main, archive)
    assert (brief(report), report.unchecked_rows) == ([], 0)
    assert check(archive, main).exit_code == 0
    report = check(main)
    assert report.exit_code == 1
    assert "16 rows of attendance.sample, partition sample_2026_03 are retired" in report.errors[0]
    report = check(main, without_archives=True)
    assert (report.exit_code, report.unchecked_rows) == (0, 16)
    assert "16 rows of retired partitions not looked at" in report.text()


def test_damage_in_an_archive_is_named(check: Check) -> None:
    main, archive = ledger(retired=True), ledger(partition="sample_2026_03")
    values = archive[find_row(archive, 2, A, 0, "attendance.sample")]["row"]["values"]
    values[3] = "9"
    key = f"{values[1]}/{values[2]}"
    assert brief(check(main, archive)) == [("row_edited", 2, A, "attendance.sample", key)]
    del archive[find_row(archive, 2, A, 0, "attendance.sample")]
    assert brief(check(main, archive)) == [("row_deleted", 2, A, "attendance.sample", key)]


def test_an_archive_of_another_chain_is_refused(check: Check) -> None:
    def other(number: int, tenant: str, relation: str, values: list[list[str | None]]) -> None:
        if (number, tenant, relation) == (2, A, "attendance.sample"):
            values[0][3] = "9"

    report = check(ledger(retired=True), ledger(partition="sample_2026_03", alter=other))
    assert ("entry_changed", 2, A, "attendance.sample", None) in brief(report)
    assert ("chain_forked", 2, None, None, None) in brief(report)


def test_a_row_without_the_archive_s_tree_cannot_hide_behind_retired(check: Check) -> None:
    lines = changed()
    at = find_tree(lines, 2, B)
    lines[at]["tree"]["retired"] = True
    lines[at + 1 : at + 5] = []
    report = check(lines)
    assert report.exit_code == 1
    assert "4 rows of attendance.event" in report.errors[0]


def test_lines_that_were_removed_are_counted(check: Check) -> None:
    data = render(SEALED).splitlines(keepends=True)
    data[-1] = data[-1].replace(b'"rows": 65', b'"rows": 66')
    assert [each[0] for each in brief(check(b"".join(data)))] == ["count_wrong"]


MALFORMED: list[tuple[str, Callable[[list[bytes]], object], str]] = [
    ("empty", lambda lines: lines.clear(), "empty"),
    ("no end", lambda lines: lines.pop(), "cut off"),
    ("cut in a line", lambda lines: lines.__setitem__(slice(9, None), [lines[9][:30]]), "line 10: no JSON"),
    ("no JSON", lambda lines: lines.__setitem__(7, b"nonsense\n"), "line 8: no JSON"),
    ("no UTF-8", lambda lines: lines.__setitem__(7, b'{"row": "\xff"}\n'), "line 8: no JSON in UTF-8"),
    ("a list", lambda lines: lines.__setitem__(7, b"[]\n"), "line 8: not an object"),
    ("an unknown kind", lambda lines: lines.__setitem__(7, b'{"x": 1}\n'), "line 8: no line of an export"),
    ("deep", lambda lines: lines.__setitem__(7, b"[" * 100_000 + b"\n"), "line 8: no JSON"),
    ("no header", lambda lines: lines.pop(0), "line 1: not an export"),
    ("another version", lambda lines: lines.__setitem__(0, lines[0].replace(b'"version": 1', b'"version": 2')),
     "version 2 of the format"),
    ("a header without from", lambda lines: lines.__setitem__(0, lines[0].replace(b'"from"', b'"form"')),
     "line 1: the export has no member 'form'"),
    ("no form", lambda lines: lines.pop(1), "form 1 of attendance.event was not given"),
    ("another form", lambda lines: lines.insert(2, lines[1].replace(b"jsonb", b"text")), "given twice"),
    ("a wrong value", lambda lines: lines.__setitem__(7, lines[7].replace(b"T08:", b"T99:")),
     "column recorded_at: '2026-03-01T99:00:00.000000Z' is no timestamp with time zone"),
    ("a number", lambda lines: lines.__setitem__(7, b'{"row": {"values": [1, 2, 3, 4, 5, 6]}}\n'),
     "column tenant_id: 1 is no uuid"),
    ("too few values", lambda lines: lines.__setitem__(7, b'{"row": {"values": []}}\n'), "0 values for the 6 columns"),
    ("a row without a tree", lambda lines: lines.pop(6), "line 7: a row before the first tree"),
    ("a surrogate", lambda lines: lines.__setitem__(7, lines[7].replace(b'{\\"a\\": 1}', b"\\ud800")),
     "column detail"),
    ("a payload without a change", lambda lines: lines.insert(8, b'{"payload": {"salt": "00", "payload": ""}}\n'),
     "does not follow a row of ledger.change"),
    ("a block without its root", lambda lines: lines.__setitem__(5, lines[5].replace(b'"root"', b'"foot"')),
     "line 6: the block has no member 'foot'"),
    ("a negative number", lambda lines: lines.__setitem__(5, lines[5].replace(b'"rows": 1', b'"rows": -1')),
     "line 6: 'rows' of the block has to be a whole number"),
    ("something after the end", lambda lines: lines.append(lines[1]), "something after the end"),
    ("a tree of another block", lambda lines: lines.__setitem__(6, lines[6].replace(b'"block": 1', b'"block": 2')),
     "belongs to block 2 and follows 1"),
    ("no base64", lambda lines: lines.__setitem__(6, lines[6].replace(b'"leaves": "', b'"leaves": "*')), "base64"),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "message"), [each[1:] for each in MALFORMED], ids=[each[0] for each in MALFORMED])
def test_what_cannot_be_read_is_said_with_its_line(
    check: Check, damage: Callable[[list[bytes]], object], message: str
) -> None:
    lines = render(SEALED).splitlines(keepends=True)
    damage(lines)
    report = check(b"".join(lines))
    assert report.exit_code in (1, 3)
    assert message in report.errors[0]
    assert "export-0.jsonl" in report.errors[0]


def test_a_digest_that_was_changed_is_refused(tmp_path: Path) -> None:
    export, digest = tmp_path / "export.jsonl", tmp_path / "digest.json"
    export.write_bytes(render(SEALED))
    kept = digest_of(SEALED, 4)
    for text, message in (
        (kept.replace('"rows": ', '"rows": 1'), "hash is not that of its members"),
        (kept.replace("smartattend ledger", "something else"), "no digest"),
        (kept.replace('"version": 1', '"version": 9'), "version 9"),
        ("[]", "no JSON object"),
        ("x", "no JSON"),
    ):
        digest.write_text(text)
        report = offline.verify([export], [digest])
        assert (report.exit_code, message in report.errors[0]) == (1, True), report.errors
    digest.write_bytes(b"\xff")
    assert "UTF-8" in offline.verify([export], [digest]).errors[0]
    assert "No such file" in offline.verify([export], [tmp_path / "absent"]).errors[0]
    assert "No such file" in offline.verify([tmp_path / "absent"], []).errors[0]


def test_compressed_exports_are_read_and_their_damage_is_said(tmp_path: Path) -> None:
    export, digest = tmp_path / "export.jsonl.gz", tmp_path / "digest.json"
    export.write_bytes(gzip.compress(render(SEALED)))
    digest.write_text(digest_of(SEALED, 4))
    assert offline.verify([export], [digest]).exit_code == 0
    data = export.read_bytes()
    for broken in (data[:200], data[:100] + b"\0\0\0" + data[103:], b"no gzip"):
        export.write_bytes(broken)
        assert offline.verify([export], [digest]).exit_code == 1


SMALL = ledger(blocks=2)


def test_whatever_byte_is_changed_it_is_never_held(tmp_path: Path) -> None:
    data = render(SMALL)
    export, digest = tmp_path / "export.jsonl", tmp_path / "digest.json"
    digest.write_text(digest_of(SMALL, 2))
    kept = [offline.read_digest(digest.read_text(), "digest")]
    chance = random.Random(20260302)
    for _ in range(1500):
        at = chance.randrange(len(data))
        flipped = bytearray(data)
        flipped[at] ^= 1 << chance.randrange(8)
        export.write_bytes(flipped)
        check = offline.Check()
        check.read(export)
        report = check.finish(kept)
        assert report.exit_code in (1, 3), f"byte {at}"
        assert report.text()


def test_whatever_byte_of_a_row_is_changed_it_is_found_without_the_checksum(check: Check) -> None:
    """An attacker writes the checksum anew: what is sealed is held by hashes alone."""
    chance = random.Random(4)
    data = render(SMALL).splitlines(keepends=True)[:-1]
    rows = [at for at, line in enumerate(data) if line.startswith((b'{"row"', b'{"tree"', b'{"block"', b'{"payload"'))]
    sealed = 0
    for _ in range(600):
        line = chance.choice(rows)
        flipped = bytearray(data[line])
        flipped[chance.randrange(len(flipped) - 1)] ^= 1 << chance.randrange(8)
        body = b"".join([*data[:line], bytes(flipped), *data[line + 1 :]])
        try:
            same = json.loads(flipped) == json.loads(data[line])
        except ValueError:
            continue
        end = {"blocks": 2, "trees": 12, "rows": 34, "sha256": hashlib.sha256(body).hexdigest()}
        report = check(body + json.dumps({"end": end}).encode(), digests=(2,), kept=SMALL)
        sealed += not same
        assert (report.exit_code == 0) == same, flipped
    assert sealed > 100


# --- proofs ----------------------------------------------------------------------------------------------


def proof_of(lines: Lines, block: int, tenant: str, number: int) -> tuple[Proof, Lines]:
    """A proof of an event, and the two lines of its row."""
    tree = lines[find_tree(lines, block, tenant)]["tree"]
    leaves = base64.b64decode(tree["leaves"])
    entries = [entry_of(line["tree"]) for line in lines if "tree" in line and line["tree"]["block"] == block]
    proof = Proof(
        *(block, tenant, 1, tree["rows"], tree["total"], number, tree["index"], len(entries), EVENT, ""),
        tuple(audit_path([leaves[at : at + 32] for at in range(0, len(leaves), 32)], number)),
        tuple(audit_path(entries, tree["index"])),
    )
    return proof, [lines[1], lines[find_row(lines, block, tenant, number)]]


@pytest.fixture
def prove(tmp_path: Path) -> Callable[..., offline.Report]:
    def run(proof: bytes, row: Lines | bytes, number: int = 3) -> offline.Report:
        paths = [tmp_path / name for name in ("row.proof", "row.jsonl", "digest.json")]
        paths[0].write_bytes(proof)
        paths[1].write_bytes(row if isinstance(row, bytes) else b"".join(json.dumps(x).encode() + b"\n" for x in row))
        paths[2].write_text(digest_of(SEALED, number))
        return offline.verify_proof(*paths)

    return run


def test_a_proof_proves_its_row_and_no_other(prove: Callable[..., offline.Report]) -> None:
    proof, row = proof_of(SEALED, 3, B, 2)
    assert Proof.unpack(proof.pack()) == proof
    report = prove(proof.pack(), row)
    assert (report.exit_code, report.held_to) == (0, 3)
    edited = copy.deepcopy(row)
    edited[1]["row"]["values"][3] = "{}"
    assert prove(proof.pack(), edited).exit_code == 3
    assert prove(proof.pack(), proof_of(SEALED, 3, B, 1)[1]).exit_code == 3
    assert "another block" in prove(proof.pack(), row, 2).findings[0].says
    for name, value in (("tenant", A), ("index", 1), ("total", 1), ("entry", 0), ("rows", 6), ("partition", "x")):
        assert prove(dataclasses.replace(proof, **{name: value}).pack(), row).exit_code == 3, name


def test_whatever_byte_of_a_proof_is_changed_it_proves_nothing(prove: Callable[..., offline.Report]) -> None:
    proof, row = proof_of(SEALED, 3, B, 2)
    data = proof.pack()
    for at in range(len(data)):
        report = prove(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], row)
        assert report.exit_code in (1, 3), f"byte {at}"
        assert prove(data[:at], row).exit_code == 1
    assert prove(data + b"x", row).exit_code == 1


def test_what_is_no_row_is_said(prove: Callable[..., offline.Report]) -> None:
    proof, row = proof_of(SEALED, 3, B, 2)
    for wrong in (b"", b"x", [row[0]], [row[1]], [row[0], SEALED[5]], [row[0], {"row": {"values": [1]}}]):
        report = prove(proof.pack(), wrong)
        assert report.exit_code == 1
        assert "row.jsonl" in report.errors[0]


def test_a_proof_of_65536_rows_in_1024_entries_is_at_most_1_kb() -> None:
    path = tuple(hashlib.sha256(bytes([at])).digest() for at in range(16))
    proof = Proof(1, A, 1, 1 << 16, 1 << 40, 5, 7, 1 << 10, "attendance.correction_request",
                  "attendance_correction_request_2026_03", path, path[:10])  # fmt: skip
    assert len(proof.pack()) <= 1024


# --- the command -----------------------------------------------------------------------------------------


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-I", str(SOURCE), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_says_what_it_found(tmp_path: Path) -> None:
    export, digest = tmp_path / "export.jsonl", tmp_path / "digest.json"
    export.write_bytes(render(SEALED))
    digest.write_text(digest_of(SEALED, 4))
    result = run("verify", export, "--digest", digest)
    assert (result.returncode, result.stderr) == (0, "")
    assert "HELD: 4 blocks" in result.stdout
    lines = changed()
    lines[find_row(lines, 3, B, 1)]["row"]["values"][3] = "{}"
    export.write_bytes(render(lines))
    result = run("verify", export, "--digest", digest)
    assert result.returncode == 3
    assert f"block 3, tenant {B}, attendance.event, row {event(B, 3, 1)[1]}: the row is not what was" in result.stdout
    said = json.loads(run("verify", export, "--digest", digest, "--json").stdout)
    assert said["verdict"] == "damaged"
    assert said["findings"][0]["row"] == event(B, 3, 1)[1]
    assert run("verify", tmp_path / "absent", "--digest", digest).returncode == 1
    for arguments in ((), ("verify",), ("verify", export), ("nonsense",), ("proof", export)):
        assert run(*arguments).returncode == 2
    assert run("verify", export, "--without-digest").returncode == 3


def test_the_command_proves(tmp_path: Path) -> None:
    proof, row = proof_of(SEALED, 3, B, 2)
    names = [tmp_path / name for name in ("row.proof", "row.jsonl", "digest.json")]
    names[0].write_bytes(proof.pack())
    names[1].write_text("".join(f"{json.dumps(line)}\n" for line in row))
    names[2].write_text(digest_of(SEALED, 3))
    result = run("proof", names[0], "--row", names[1], "--digest", names[2])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "PROVED: row 3 of 5 of attendance.event" in result.stdout
    names[2].write_text(digest_of(SEALED, 2))
    assert run("proof", names[0], "--row", names[1], "--digest", names[2]).returncode == 3
