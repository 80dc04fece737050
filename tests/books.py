"""Books made by hand, for tests that need one and not its TOML."""

from collections.abc import Iterable
from datetime import date

from levytool.book.records import Book, Consortium, Contractor, Framework, Layout, LevyBlock, Member

SINCE = date(2010, 4, 1)


def make_framework(
    code: str = "REGEN", title: str = "Regeneration works", **settings: object
) -> Framework:
    """A framework from April 2010 on with a flat levy of 1% that the contractor pays."""
    levy = (LevyBlock(since=SINCE, payer="contractor", rate_ppm=10_000),)
    return Framework(**{"code": code, "title": title, "starts": SINCE, "levy": levy} | settings)  # type: ignore[arg-type]


def make_book(
    members: Iterable[Member | str] = ("SALIX",),
    contractors: Iterable[Contractor | str] = ("BROOKS",),
    frameworks: Iterable[Framework | str] = ("REGEN",),
    layouts: Iterable[Layout] = (),
    consortium: Consortium | None = None,
) -> Book:
    """A book of these parties; a text stands for a party of that code, named `Code Homes` or so."""
    member_records = [
        m if isinstance(m, Member) else Member(m, f"{m.title()} Homes") for m in members
    ]
    contractor_records = [
        c if isinstance(c, Contractor) else Contractor(c, f"{c.title()} Roofing Ltd")
        for c in contractors
    ]
    framework_records = [f if isinstance(f, Framework) else make_framework(f) for f in frameworks]
    return Book(
        consortium=consortium or Consortium("North West Homes Consortium"),
        members={m.code: m for m in member_records},
        contractors={c.code: c for c in contractor_records},
        frameworks={f.code: f for f in framework_records},
        layouts={layout.name: layout for layout in layouts},
    )
