"""Books whose lines say in a comment what must be found there.

`# ! bad-rate` at a line's end expects just that error in that line, `# ? gap` that warning; a book
must give exactly what it says and nothing else.
"""

import re
from collections import Counter
from textwrap import dedent

from levytool.desk.book.check_book import check_text
from levytool.problems import Problem

_MARK = re.compile(r"# ([!?]) ([a-z0-9, -]+)$")

CONSORTIUM = """\
[consortium]
name = "North West Homes Consortium"
"""
PARTIES = """
[[members]]
code = "SALIX"
name = "Salix Homes"
sector = "housing"

[[members]]
code = "SALFORD"
name = "Salford City Council"
sector = "council"

[[contractors]]
code = "BROOKS"
name = "Brooks Roofing Ltd"
"""
FRAMEWORK = """
[[frameworks]]
code = "REGEN"
title = "Regeneration works"
starts = 2012-04-01
lots = { "1" = "Roofing", "2" = "Kitchens" }
"""
LEVY = """
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
rate = "1%"
"""


def book(*parts: str) -> str:
    """A book of these parts, each without its indentation."""
    return "\n".join(dedent(part) for part in parts)


def whole(*parts: str) -> str:
    """A sound book with one framework, and what is added to it."""
    return book(CONSORTIUM, PARTIES, FRAMEWORK, LEVY, *parts)


def framework(*parts: str) -> str:
    """A sound book whose one framework has no levy block yet."""
    return book(CONSORTIUM, PARTIES, FRAMEWORK, *parts)


def marked(text: str, sign: str) -> Counter[tuple[int | None, str]]:
    """What the marks of a book expect: how many problems of which code in which line."""
    return Counter(
        (row, code.strip())
        for row, line in enumerate(text.splitlines(), 1)
        for found_sign, codes in _MARK.findall(line)
        if found_sign == sign
        for code in codes.split(",")
    )


def found(problems: tuple[Problem, ...]) -> Counter[tuple[int | None, str]]:
    """What was found, in the form of `marked`."""
    return Counter((problem.row, problem.code) for problem in problems)


def assert_found_as_marked(text: str) -> tuple[Problem, ...]:
    """Check the book; gives its errors."""
    read, check = check_text(text)
    for problems, sign in ((check.errors, "!"), (check.warnings, "?")):
        missed = marked(text, sign) - found(problems)
        unexpected = found(problems) - marked(text, sign)
        assert (missed, unexpected) == (Counter(), Counter()), "\n".join(map(str, problems))
    assert (read is None) == bool(check.errors)
    return check.errors


def only_error(text: str) -> Problem:
    """The one error of a book that has one."""
    _, check = check_text(text)
    (error,) = check.errors
    return error
