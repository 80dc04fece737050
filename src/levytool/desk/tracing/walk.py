"""Walking from a thing to its neighbours: the bounded tree that an explanation is.

Upwards only what made something is followed, downwards only what came of it. The nearest things
are opened first. A thing is opened once in each direction, few enough stand under a heading, and
not more than `OPENED` are opened in all: a document of 100,000 lines is a page long.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from levytool.desk.tracing.thing import Part, Parts, Thing
from levytool.desk.tracing.trace import Trace

LISTED = (20, 5, 3, 2)
"""How many things stand under one heading, by how far it is from what was asked."""

OPENED = 80
"""How many things are opened in one direction."""

Direction = Literal["because", "became"]
Finder = Callable[[str], Thing]


@dataclass(slots=True)
class _Step:
    """A step of the tree while it grows."""

    part: Part
    depth: int
    thing: Thing | None = None
    again: bool = False
    headings: list[tuple[Parts, list["_Step"]]] = field(default_factory=list)


def walked(thing: Thing, find: Finder) -> Trace:
    """The explanation of a thing, both ways."""
    up, down = (_grown(thing, find, way) for way in ("because", "became"))
    return Trace(
        thing.kind,
        thing.ref,
        thing.title,
        thing.facts,
        because=_headed(up, "because"),
        became=_headed(down, "became"),
    )


def _grown(thing: Thing, find: Finder, way: Direction) -> _Step:
    root = _Step(Part(thing.ref), 0, thing)
    opened = {thing.ref}
    waiting = deque([root])
    while waiting:
        step = waiting.popleft()
        if step.thing is None:
            continue
        listed = LISTED[min(step.depth, len(LISTED) - 1)]
        for parts in getattr(step.thing, way)():
            children = [_Step(part, step.depth + 1) for part in parts.parts[:listed]]
            step.headings.append((parts, children))
            for child in children:
                if not child.part.ref:
                    continue
                child.again = child.part.ref in opened
                if child.again or len(opened) > OPENED:
                    continue
                opened.add(child.part.ref)
                child.thing = find(child.part.ref)
                waiting.append(child)
    return root


def _headed(step: _Step, way: Direction) -> tuple[Trace, ...]:
    found = []
    for parts, children in step.headings:
        beyond = parts.parts[len(children) :]
        amounts = [part.pence for part in beyond if part.pence is not None]
        counted = parts.sums_to is not None
        steps = tuple(_frozen(child, way) for child in children)
        found.append(
            Trace(
                parts.heading,
                pence=parts.sums_to,
                because=steps if way == "because" else (),
                became=steps if way == "became" else (),
                more=parts.more + len(beyond),
                more_pence=parts.more_pence + sum(amounts) if counted else None,
                see=parts.see or (f"levytool explain {step.part.ref}" if step.depth else ""),
            )
        )
    return tuple(found)


def _frozen(step: _Step, way: Direction) -> Trace:
    part, thing = step.part, step.thing
    if thing is None:
        return Trace("", part.ref, part.note, pence=part.pence, again=step.again)
    steps = _headed(step, way)
    return Trace(
        thing.kind,
        # What a part was asked for by and what it is called may differ: print what it is called.
        thing.ref,
        f"{part.note}: {thing.title}" if part.note else thing.title,
        thing.facts,
        pence=part.pence,
        because=steps if way == "because" else (),
        became=steps if way == "became" else (),
    )
