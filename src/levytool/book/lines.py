"""Where things stand in a TOML text: tomllib gives values without lines, and errors need lines.

Read only texts that tomllib has accepted: this scan trusts them to be TOML.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field

Path = tuple[Hashable, ...]
"""Where a value stands: keys, and positions in arrays: `("members", 0, "name")`."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_TEXT = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\])*"|'[^']*\'''', re.DOTALL
)
_BARE_VALUE = re.compile(r"[^,\]}\n#]+")


@dataclass(slots=True)
class _Scan:
    """One walk over the text, noting the offset at which each path begins."""

    text: str
    at: int = 0
    begins: dict[Path, int] = field(default_factory=dict)
    lengths: dict[Path, int] = field(default_factory=dict)

    def note(self, path: Path, at: int) -> None:
        self.begins.setdefault(path, at)

    def skip(self, pattern: re.Pattern[str]) -> None:
        if match := pattern.match(self.text, self.at):
            self.at = match.end()

    def take(self, symbol: str) -> bool:
        """Step over `symbol` when it stands here."""
        if not self.text.startswith(symbol, self.at):
            return False
        self.at += len(symbol)
        return True

    def document(self) -> None:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            table = self.header() if self.text[self.at] == "[" else self.pair(table)
            self.skip(_BLANK)

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that it opens."""
        begin = self.at
        repeated = self.take("[[")
        if not repeated:
            self.take("[")
        *parents, last = self.key()
        self.take("]]" if repeated else "]")
        path: Path = ()
        for part in parents:
            self.note((*path, part), begin)
            path = self.latest((*path, part))
        path = (*path, last)
        self.note(path, begin)
        if repeated:
            count = self.lengths.get(path, 0)
            self.lengths[path] = count + 1
            path = (*path, count)
            self.note(path, begin)
        return path

    def latest(self, path: Path) -> Path:
        """The table that a header below `path` belongs to: the latest one of an array."""
        return (*path, self.lengths[path] - 1) if path in self.lengths else path

    def pair(self, table: Path) -> Path:
        """`key = value` in `table`; returns `table`."""
        begin, path = self.at, table
        for part in self.key():
            path = (*path, part)
            self.note(path, begin)
        self.skip(_SPACE)
        self.take("=")
        self.skip(_SPACE)
        self.value(path)
        return table

    def key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self.skip(_SPACE)
            match = _KEY_PART.match(self.text, self.at)
            if match is None:
                raise ValueError(f"no key at offset {self.at}: the text is not TOML")
            self.at = match.end()
            parts.append(_key_text(match[0]))
            self.skip(_SPACE)
            if not self.take("."):
                return parts

    def value(self, path: Path) -> None:
        if self.take("["):
            self.items(path)
        elif self.take("{"):
            self.inline_table(path)
        elif match := _TEXT.match(self.text, self.at):
            self.at = match.end()
        else:
            self.skip(_BARE_VALUE)

    def items(self, path: Path) -> None:
        """The values of an array, after its bracket."""
        position = 0
        self.skip(_BLANK)
        while not self.take("]"):
            self.note((*path, position), self.at)
            self.value((*path, position))
            position += 1
            self.skip(_BLANK)
            self.take(",")
            self.skip(_BLANK)

    def inline_table(self, path: Path) -> None:
        """The pairs of an inline table, after its brace."""
        self.skip(_BLANK)
        while not self.take("}"):
            self.pair(path)
            self.skip(_BLANK)
            self.take(",")
            self.skip(_BLANK)


def _key_text(written: str) -> str:
    """A key without its quotes and escapes."""
    if written[0] == '"':
        return str(tomllib.loads(f"key = {written}")["key"])
    return written[1:-1] if written[0] == "'" else written


def find_lines(text: str) -> dict[Path, int]:
    """The line, from 1, on which each key, table and array item of the TOML `text` begins."""
    scan = _Scan(text)
    scan.document()
    newlines = [match.start() for match in re.finditer("\n", text)]
    return {path: bisect_right(newlines, at) + 1 for path, at in scan.begins.items()}


@dataclass(slots=True)
class Places:
    """Lines of a text by path, and by marks: `("frameworks", "REGEN")` for `("frameworks", 0)`.

    Marks let a reader of the book ask by code, and by position in order of date, without knowing
    where in the text the thing was written.
    """

    lines: dict[Path, int] = field(default_factory=dict)
    marks: dict[Path, Path] = field(default_factory=dict)

    def mark(self, name: Path, path: Path) -> None:
        self.marks.setdefault(name, path)

    def row_of_path(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest table around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def row(self, *name: Hashable) -> int | None:
        """The line of a marked thing, or of something below one; None without a text."""
        for length in range(len(name), 0, -1):
            if name[:length] in self.marks:
                return self.row_of_path(self.marks[name[:length]] + name[length:])
        return self.row_of_path(name)
