"""A streaming reader of XML files that are one root element with many rows beneath it.

Constant memory whatever the size of the file: only the row being read is held, and what a row may hold
is bounded. Every element knows its line, also beyond line 65,535. Document type declarations are
refused, so that no entity can be defined (entity bombs, files read through entities).

Why expat itself: ``xml.etree`` does not pass on the line numbers, and lxml's end at 65,535 or cost the
whole tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

CHUNK: Final = 1 << 16
MAX_TAG_BYTES: Final = 1 << 20
MAX_TEXT: Final = 1 << 16
MAX_DEPTH: Final = 40
MAX_ELEMENTS: Final = 20_000

_TRUNCATED: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class Damage(Exception):
    """The file cannot be read on from here: ``line`` (from 1) and ``reason``, one sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class RowError(Exception):
    """One row cannot be used: ``line`` of the element that is wrong and ``reason``, one sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(slots=True)
class Element:
    """An element: local ``name``, ``namespace``, ``line`` of its start tag (from 1), text and children.

    ``fault`` is set on a row that broke a limit: (line, reason); its children are incomplete then. A row
    without a name is text that stands between two rows.
    """

    name: str
    namespace: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)
    fault: tuple[int, str] | None = None

    def all(self, name: str) -> list[Element]:
        """The children of this name."""
        return [child for child in self.children if child.name == name]

    def one(self, name: str) -> Element | None:
        """The only child of this name, or None; a second one is a :class:`RowError`."""
        found: Element | None = None
        for child in self.children:
            if child.name == name:
                if found is not None:
                    raise RowError(child.line, f"<{name}> stands twice in <{self.name}>")
                found = child
        return found

    def find(self, path: str) -> Element | None:
        """The element at ``path`` (``A/B/C``), or None where a part is absent."""
        here: Element | None = self
        for name in path.split("/"):
            if here is None:
                return None
            here = here.one(name)
        return here

    def optional(self, path: str) -> tuple[str, int] | None:
        """Text (trimmed) and line of the element at ``path``; None where it is absent or empty."""
        found = self.find(path)
        if found is None:
            return None
        text = found.text.strip()
        return (text, found.line) if text else None

    def required(self, path: str) -> tuple[str, int]:
        """Text (trimmed) and line of the element at ``path``; absent or empty is a :class:`RowError`."""
        here = self
        for name in path.split("/"):
            found = here.one(name)
            if found is None:
                where = "" if here is self else f" in <{here.name}>"
                raise RowError(here.line, f"<{name}> is missing{where}")
            here = found
        text = here.text.strip()
        if not text:
            raise RowError(here.line, f"<{here.name}> is empty")
        return text, here.line

    def flat(self, prefix: str = "") -> dict[str, str]:
        """Every text beneath this element by its path, for a report."""
        values: dict[str, str] = {}
        for child in self.children:
            path = f"{prefix}{child.name}"
            if child.children:
                values.update(child.flat(f"{path}/"))
            elif child.text.strip():
                values.setdefault(path, child.text.strip())
        return values


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return namespace, local


class _Parser:
    """One pass over one file: feeds expat and collects the rows that became complete."""

    def __init__(self) -> None:
        self.expat = expat.ParserCreate(namespace_separator=" ")
        self.expat.buffer_text = True
        self.expat.ordered_attributes = False
        self.expat.StartElementHandler = self._start
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = self._text
        self.expat.StartDoctypeDeclHandler = self._doctype
        self.root: Element | None = None
        self.rows: list[Element] = []
        self.open: list[Element] = []  # the row being read and the elements open within it
        self.depth = 0
        self.elements = 0
        self.between = False
        self.fed = 0

    def _doctype(self, *_: object) -> None:
        raise Damage(
            self.expat.CurrentLineNumber,
            "a document type declaration (DOCTYPE) is not accepted: it can define entities",
        )

    def _fault(self, reason: str, line: int | None = None) -> None:
        row = self.open[0]
        if row.fault is None:
            row.fault = (self.expat.CurrentLineNumber if line is None else line, reason)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1:
            namespace, local = _split(name)
            self.root = Element(local, namespace, self.expat.CurrentLineNumber)
            return
        self.between = False
        if self.open and self.open[0].fault is not None:
            return
        namespace, local = _split(name)
        element = Element(local, namespace, self.expat.CurrentLineNumber, attributes)
        if self.open:
            self.elements += 1
            if self.elements > MAX_ELEMENTS:
                self._fault(f"more than {MAX_ELEMENTS} elements in one <{self.open[0].name}>")
                return
            if len(self.open) >= MAX_DEPTH:
                self._fault(f"more than {MAX_DEPTH} levels of elements")
                return
            self.open[-1].children.append(element)
        else:
            self.elements = 0
        self.open.append(element)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.depth == 1:
            self.rows.append(self.open[0])
            self.open.clear()
        elif self.open and self.open[0].fault is None:
            self.open.pop()

    def _text(self, data: str) -> None:
        if self.open:
            element = self.open[-1]
            if self.open[0].fault is not None:
                return
            if len(element.text) + len(data) > MAX_TEXT:
                self._fault(f"<{element.name}> is longer than {MAX_TEXT} characters", element.line)
                return
            element.text += data
        elif self.depth == 1 and not self.between and data.strip():
            self.between = True
            line = self.expat.CurrentLineNumber - data.lstrip().count("\n")
            self.rows.append(Element("", "", line, fault=(line, "text stands outside of any element")))

    def feed(self, data: bytes) -> None:
        """Parse ``data`` (empty: the end of the file); raises :class:`Damage`."""
        try:
            self.expat.Parse(data, not data)
        except expat.ExpatError as error:
            raise self._damage(error, last=not data) from None
        except (LookupError, ValueError) as error:
            raise Damage(1, f"the encoding cannot be read: {error}") from None
        self.fed += len(data)
        if data and self.fed - max(self.expat.CurrentByteIndex, 0) > MAX_TAG_BYTES + CHUNK:
            raise Damage(self.expat.CurrentLineNumber, f"a single tag or text is longer than {MAX_TAG_BYTES} bytes")

    def _damage(self, error: expat.ExpatError, *, last: bool) -> Damage:
        message = expat.ErrorString(error.code)
        if last and error.code in _TRUNCATED:
            if self.root is None:
                return Damage(error.lineno, "the file holds no XML element")
            if self.open:
                row = self.open[0]
                return Damage(
                    error.lineno,
                    f"the file ends inside <{row.name}>, which began in line {row.line}; that row was not read",
                )
            return Damage(error.lineno, f"the file ends before </{self.root.name}>")
        if self.root is None:
            return Damage(error.lineno, f"this is not XML: {message}")
        inside = f" inside <{self.open[0].name}>, which began in line {self.open[0].line}" if self.open else ""
        return Damage(error.lineno, f"this is not well-formed XML{inside}: {message}; nothing after it was read")


def read_root(path: Path) -> Element:
    """The root element of the file (without children); raises :class:`Damage` or ``OSError``."""
    parser = _Parser()
    with path.open("rb") as file:
        while True:
            data = file.read(CHUNK)
            try:
                parser.feed(data)
            except Damage:
                if parser.root is None:
                    raise
            if parser.root is not None:
                return parser.root


def read_rows(path: Path, advance: Callable[[int], None] | None = None) -> Iterator[Element]:
    """The rows of the file, one at a time, in order.

    ``advance`` is told the bytes read. :class:`Damage` is raised after the rows before it were given out.
    """
    parser = _Parser()
    with path.open("rb") as file:
        while True:
            data = file.read(CHUNK)
            damage: Damage | None = None
            try:
                parser.feed(data)
            except Damage as error:
                damage = error
            rows, parser.rows = parser.rows, []
            yield from rows
            if damage is not None:
                raise damage
            if advance is not None:
                advance(len(data))
            if not data:
                return
