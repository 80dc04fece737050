"""`book plan`: what a new version of the book would change, key by key."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from levytool.book import write
from levytool.book.levy_changes import LevyChange, altered_levy
from levytool.book.logo import logo_words
from levytool.book.records import Book, Consortium, Contractor, Framework, Layout, Member
from levytool.book.write_exports import export_tables

Part = Member | Contractor | Framework | Layout
P = TypeVar("P", Member, Contractor, Framework, Layout)

Change = Literal["added", "changed", "removed", "kept"]
Kind = Literal["consortium", "member", "contractor", "framework", "layout"]
Sections = Mapping[str, Mapping[str, str]]
"""Keys and TOML values by section; '' is the thing's own table."""

_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class NamedCodes:
    """The codes that lines, documents or movements of the ledger name: none may leave the book."""

    members: frozenset[str] = frozenset()
    contractors: frozenset[str] = frozenset()
    frameworks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One change. `kept`: the new file lacks it and it stays, because the ledger names it."""

    change: Change
    kind: Kind
    code: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change, and the days on which levy would come out differently."""

    rows: tuple[PlanRow, ...] = ()
    levy_changes: tuple[LevyChange, ...] = field(default=())


def plan(old: Book | None, new: Book, named: NamedCodes = NamedCodes()) -> Plan:
    """What applying `new` over `old` (None: the first book) would change.

    `new` is as its file has it; what the ledger names and the file lacks is shown as kept.
    """
    before = old or Book(Consortium(""), {}, {}, {}, {})
    rows = [
        *_consortium_rows(old.consortium if old else None, new.consortium),
        *_rows("member", before.members, new.members, _member, named.members),
        *_rows("contractor", before.contractors, new.contractors, _contractor, named.contractors),
        *_rows("framework", before.frameworks, new.frameworks, _framework, named.frameworks),
        *_rows("layout", before.layouts, new.layouts, _layout, frozenset()),
    ]
    return Plan(tuple(rows), altered_levy(before, keep_named(before, new, named)))


def keep_named(old: Book, new: Book, named: NamedCodes) -> Book:
    """The new book with the old one's parties and frameworks that it lacks and the ledger names.

    They are appended to its text, so that the text in force says all that is in force.
    """
    frameworks = _lacking(old.frameworks, new.frameworks, named.frameworks)
    appointed = {a.contractor for f in frameworks.values() for a in f.appointments or ()}
    awarded = [call_off for f in frameworks.values() for call_off in f.call_offs]
    appointed |= {call_off.contractor for call_off in awarded}
    employers = {call_off.member for call_off in awarded}
    contractors = _lacking(old.contractors, new.contractors, named.contractors | appointed)
    members = _lacking(old.members, new.members, named.members | employers)
    if not (members or contractors or frameworks):
        return new
    text = write.append(
        new.text or write.write_book(new),
        members.values(),
        contractors.values(),
        frameworks.values(),
    )
    return replace(
        new,
        members={**new.members, **members},
        contractors={**new.contractors, **contractors},
        frameworks={**new.frameworks, **frameworks},
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _lacking(old: Mapping[str, P], new: Mapping[str, P], named: Iterable[str]) -> dict[str, P]:
    wanted = frozenset(named)
    return {code: old[code] for code in old if code in wanted and code not in new}


def _consortium_rows(old: Consortium | None, new: Consortium) -> list[PlanRow]:
    if old is None:
        return [PlanRow("added", "consortium", "", new.name)]
    return [
        PlanRow("changed", "consortium", "", what)
        for what in _differences(_consortium(old), _consortium(new))
    ]


def _consortium(consortium: Consortium) -> Sections:
    """The consortium's own keys, and the tables of what its finance system calls things."""
    own = {"": write.consortium_keys(replace(consortium, logo=logo_words(consortium.logo)))}
    return own | {name: keys for name, keys in export_tables(consortium.exports).items() if keys}


def _rows(
    kind: Kind,
    old: Mapping[str, P],
    new: Mapping[str, P],
    sections: Callable[[P], Sections],
    named: frozenset[str],
) -> list[PlanRow]:
    rows = []
    for code, value in new.items():
        if code not in old:
            rows.append(PlanRow("added", kind, code, _title(value)))
            continue
        for what in _differences(sections(old[code]), sections(value)):
            rows.append(PlanRow("changed", kind, code, what))
    for code in old:
        if code not in new and code in named:
            rows.append(PlanRow("kept", kind, code, "not in the file; the ledger names it"))
        elif code not in new:
            rows.append(PlanRow("removed", kind, code, "not in the file"))
    return rows


def _title(value: Part) -> str:
    return value.title if isinstance(value, Framework) else value.name


def _differences(old: Sections, new: Sections) -> list[str]:
    """Each key that differs, with its TOML value before and after."""
    found = []
    for section in dict.fromkeys((*old, *new)):
        before, after = old.get(section), new.get(section)
        if before is None or after is None:
            keys = after if before is None else before
            whole = ", ".join(f"{key} = {_flat(value)}" for key, value in (keys or {}).items())
            found.append(f"{section} {'added' if before is None else 'removed'}: {whole}")
            continue
        lead = f"{section}: " if section else ""
        for key in dict.fromkeys((*before, *after)):
            was, is_now = before.get(key, _DEFAULT), after.get(key, _DEFAULT)
            if was != is_now:
                found.append(f"{lead}{key} {_flat(was)} → {_flat(is_now)}")
    return found


def _flat(value: str) -> str:
    """A value on one line."""
    return " ".join(value.replace(",\n]", " ]").split())


def _member(member: Member) -> Sections:
    return {"": write.member_keys(member)}


def _contractor(contractor: Contractor) -> Sections:
    return {"": write.party_keys(contractor)}


def _layout(layout: Layout) -> Sections:
    return {"": write.layout_keys(layout)}


def _framework(framework: Framework) -> Sections:
    """The framework's own keys, and a section for each thing that stands in it."""
    own = write.framework_keys(framework)
    own.pop("contractors", None)
    own.pop("call_offs", None)
    sections: dict[str, Mapping[str, str]] = {"": own}
    if framework.appointments is not None:
        own["contractors"] = "the appointed ones"
        for entry in framework.appointments:
            name = _free(sections, f"appointment of {entry.contractor}")
            sections[name] = write.appointment_keys(entry)
    else:
        own["contractors"] = "any"
    for call_off in framework.call_offs:
        between = f"{call_off.member} and {call_off.contractor}"
        name = _free(sections, f"call-off {call_off.code} of {between}")
        sections[name] = write.call_off_keys(call_off)
    for block in framework.levy:
        sections[f"levy from {block.since}"] = write.block_keys(block)
    if framework.opportunities is not None:
        sections["opportunities"] = write.opportunity_keys(framework.opportunities)
    for example in framework.examples:
        name = _free(sections, f"example of {example.on}")
        sections[name] = write.example_keys(example)
    return sections


def _free(taken: Sections, name: str) -> str:
    """`name`, with a number where it stands already."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
