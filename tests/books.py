"""Books made by hand, for tests that need one and not its TOML."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from levytool.book.records import Book, Consortium, Contractor, Framework, Layout, LevyBlock, Member

SINCE = date(2010, 4, 1)


def make_framework(
    code: str = "REGEN", title: str = "Regeneration works", **settings: Any
) -> Framework:
    """A framework from April 2010 on with a flat levy of 1% that the contractor pays."""
    levy = (LevyBlock(since=SINCE, payer="contractor", rate_ppm=10_000),)
    return replace(Framework(code, title, SINCE, levy=levy), **settings)


def make_book(
    members: Iterable[Member | str] = ("SALIX",),
    contractors: Iterable[Contractor | str] = ("BROOKS",),
    frameworks: Iterable[Framework | str] = ("REGEN",),
    layouts: Iterable[Layout] = (),
) -> Book:
    """A book of these parties. SALIX alone stands for a member called `Salix Homes`, BROOKS for a
    contractor `Brooks Roofing Ltd`."""
    member_records = [_member(m) if isinstance(m, str) else m for m in members]
    contractor_records = [_contractor(c) if isinstance(c, str) else c for c in contractors]
    framework_records = [make_framework(f) if isinstance(f, str) else f for f in frameworks]
    return Book(
        consortium=Consortium("North West Homes Consortium"),
        members={member.code: member for member in member_records},
        contractors={contractor.code: contractor for contractor in contractor_records},
        frameworks={framework.code: framework for framework in framework_records},
        layouts={layout.name: layout for layout in layouts},
    )


def _member(code: str) -> Member:
    return Member(code, f"{code.title()} Homes")


def _contractor(code: str) -> Contractor:
    return Contractor(code, f"{code.title()} Roofing Ltd")
