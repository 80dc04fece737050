"""A stream of XML as the few facts that are wanted of it, by path, straight from the parser.

No tree is built: of the elements of a large statement nine in ten are of no interest, and passing
over them is most of the time. Elements go by their local names. A document type declaration, with
which external entities and XML bombs begin, is refused before anything else is read.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from xml.parsers import expat

_BLOCK_BYTES = 1 << 16


class UnsafeXml(Exception):
    """The file declares a document type or entities."""


Facts = dict[str, list[str]]


class Node:
    """A place in the tree of what is wanted: the fact its text is, and what its end completes.

    A fact goes into the `facts` of the place that was asked for it.
    """

    __slots__ = ("above", "by_name", "by_tag", "ends", "fact", "facts")

    def __init__(self, above: "Node | None" = None) -> None:
        self.above = above
        self.by_name: dict[str, Node] = {}
        self.by_tag: dict[str, Node | None] = {}
        self.fact = ""
        self.facts: Facts = {}
        self.ends: Callable[[], None] | None = None

    def at(self, path: str) -> "Node":
        """The place at a path of local names below this one, made where it is not there yet."""
        node = self
        for name in path.split("/"):
            if name not in node.by_name:
                node.by_name[name] = Node(node)
            node = node.by_name[name]
        return node

    def want(self, paths: Mapping[str, str], facts: Facts) -> None:
        """Paths below this place, what the text found there is called, and where it goes."""
        for path, fact in paths.items():
            place = self.at(path)
            place.fact, place.facts = fact, facts

    def child(self, tag: str) -> "Node | None":
        """The place of an element of this tag, None where it is of no interest."""
        child = self.by_name.get(tag.rpartition(":")[2])
        self.by_tag[tag] = child
        return child


def read_xml(path: Path, root: Node, attribute: Callable[[str], None]) -> None:
    """Read a file; every wanted text comes in order, trimmed, and every currency (`Ccy`).

    Raises UnsafeXml, and expat's own error for what is no well-formed XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    node, depth_passed = root, 0
    texts: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal node, depth_passed
        if depth_passed:
            depth_passed += 1
            return
        try:
            child = node.by_tag[tag]
        except KeyError:
            child = node.child(tag)
        if child is None:
            depth_passed = 1
            return
        node = child
        if attributes and "Ccy" in attributes:
            attribute(attributes["Ccy"])

    def end(_tag: str) -> None:
        nonlocal node, depth_passed
        if depth_passed:
            depth_passed -= 1
            if not depth_passed:
                texts.clear()
            return
        if node.fact and (text := "".join(texts).strip()):
            if node.fact in node.facts:
                node.facts[node.fact].append(text)
            else:
                node.facts[node.fact] = [text]
        if node.ends is not None:
            node.ends()
        texts.clear()
        assert node.above is not None  # what ends has begun below the root
        node = node.above

    def declared(*_facts: object) -> None:
        raise UnsafeXml

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            parser.Parse(block)
        parser.Parse(b"", True)
