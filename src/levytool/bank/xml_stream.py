"""XML from a bank, safely and as a stream: a document's children as soon as they are whole.

A document type declaration, with which external entities and XML bombs begin, is refused before
anything else is read. The tree is built by the parser in C and taken apart as it grows; events, one
for each element, are let go unseen, since to look at each of millions would take most of the time.
"""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, XMLPullParser
from xml.parsers import expat

_BLOCK_BYTES = 1 << 16


class UnsafeXml(Exception):
    """The file declares a document type or entities."""


class _RootReached(Exception):
    """The root element begins: what may declare a type lies behind."""


def local_name(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def read_growing(path: Path, look: Callable[[Element, bool], None]) -> None:
    """Call `look` with the root after each part of the file, and with True when it is whole.

    Of each element the last child may still be growing until then; the others may be removed.
    Raises UnsafeXml, and ParseError or ExpatError for what is no well-formed XML.
    """
    _refuse_declarations(path)
    parser: Any = XMLPullParser(("start",))
    root: Element | None = None
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            parser.feed(block)
            if root is None:
                root = next((element for _event, element in parser.read_events()), None)
            deque(parser.read_events(), maxlen=0)
            if root is not None:
                look(root, False)
    parser.close()
    if root is not None:
        look(root, True)


def _refuse_declarations(path: Path) -> None:
    """Raises UnsafeXml for a document type declaration: it can only stand before the root."""

    def declared(*_facts: object) -> None:
        raise UnsafeXml

    def reached(*_facts: object) -> None:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = reached
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK_BYTES):
                parser.Parse(block)
            parser.Parse(b"", True)
        except _RootReached:
            return
