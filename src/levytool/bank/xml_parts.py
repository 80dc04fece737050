"""XML from a bank, safely and in parts, each a small document of its own.

A statement of a hundred thousand entries is a tree of millions of elements. It is cut behind
entries, and each part is read between the tags that were open there: so memory keeps its bounds,
and parts can be read side by side. Where a cut was no cut (in a comment, say), the parts are not
well-formed, and the document is read whole.
"""

import codecs
from dataclasses import dataclass, replace
from html import escape
from mmap import ACCESS_READ, mmap
from pathlib import Path
from xml.etree.ElementTree import Element, XMLParser
from xml.parsers import expat
from xml.parsers.expat import ExpatError

PART_BYTES = 1 << 16
"""A tree of this much stays within the processor's cache."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Where a file begins with one of these it is in that encoding, whatever it declares: a program
that saved it otherwise left the declaration as it was. Its later parts have no mark to tell."""


class UnsafeXml(Exception):
    """The file declares a document type or entities."""


class _Found(Exception):
    """The first of the repeated elements begins: what is open around it is known."""


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class XmlParts:
    """A document and where it is cut. `opening` and `closing` are the tags around every cut."""

    path: Path
    encoding: str | None = None
    opening: bytes = b""
    closing: bytes = b""
    cuts: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return len(self.cuts) + 1

    def root(self, part: int) -> Element:
        """The root of a part. Raises ParseError where it is no well-formed XML."""
        start = self.cuts[part - 1] if part else 0
        parser = XMLParser(encoding=self.encoding)
        parser.feed(self.opening if part else b"")
        with self.path.open("rb") as file:
            file.seek(start)
            left = self.cuts[part] - start if part < len(self.cuts) else -1
            parser.feed(file.read(left))
        parser.feed(self.closing if part < len(self.cuts) else b"")
        root: Element = parser.close()
        return root

    def whole(self) -> "XmlParts":
        """The same document uncut. Raises ExpatError where it is no well-formed XML."""
        parser = expat.ParserCreate(self.encoding)
        with self.path.open("rb") as file:
            parser.ParseFile(file)
        return replace(self, cuts=())


def cut_behind(path: Path, repeated: str) -> XmlParts:
    """Cut a document behind elements of this local name, of which it holds a great many.

    Raises UnsafeXml for a document type declaration, with which external entities and XML bombs
    begin, before anything else is read; ExpatError for what is no well-formed XML that far, or
    names an encoding that the parser does not know.
    """
    head = _Head(repeated, _marked(path))
    with path.open("rb") as file:
        try:
            head.parser.ParseFile(file)
        except _Found:
            start = head.parser.CurrentByteIndex
        except (LookupError, ValueError) as reason:
            raise ExpatError(f"its encoding cannot be read: {reason}") from reason
        else:
            return XmlParts(path, head.encoding)
    end_tag = f"</{head.open[-1][0]}>".encode("ascii", "xmlcharrefreplace")
    around = head.open[:-1]
    cuts = []
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        if content.find(b"xmlns", start) < 0:
            # One default namespace for all behind: without it a tenth of the time is saved.
            for _name, attributes in around:
                attributes.pop("xmlns", None)
        at = start
        while (at := content.find(end_tag, at + PART_BYTES)) >= 0:
            at += len(end_tag)
            cuts.append(at)
    opening = "".join(_start_tag(name, attributes) for name, attributes in around)
    closing = "".join(f"</{name}>" for name, _attributes in reversed(around))
    encoding = head.encoding or "utf-8"
    return XmlParts(
        path, head.encoding, opening.encode(encoding), closing.encode(encoding), tuple(cuts)
    )


def _marked(path: Path) -> str | None:
    """The encoding that a file's first bytes mark it as."""
    with path.open("rb") as file:
        first = file.read(max(len(mark) for mark, _name in _MARKS))
    return next((name for mark, name in _MARKS if first.startswith(mark)), None)


class _Head:
    """What stands before the first of the repeated elements."""

    def __init__(self, repeated: str, marked: str | None) -> None:
        self.repeated = repeated
        self.encoding = marked
        self.open: list[tuple[str, dict[str, str]]] = []
        self.parser = expat.ParserCreate(marked)
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self._unsafe
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = self.encoding or encoding

    def _unsafe(self, *_facts: object) -> None:
        raise UnsafeXml

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.open.append((name, attributes))
        if name.rpartition(":")[2] == self.repeated:
            raise _Found

    def _end(self, _name: str) -> None:
        self.open.pop()


def _start_tag(name: str, attributes: dict[str, str]) -> str:
    given = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>"
