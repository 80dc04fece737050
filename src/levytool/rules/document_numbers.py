"""Document numbers in what a payer wrote: the reference by which a receipt finds its documents.

`INV-000001`, however it is spelt: any case, any space or punctuation after the letters, or none.
Numbers that follow without letters of their own are taken for the same kind, up to a `|`, which
stands between a line's texts.
"""

import re

DIGITS = 6
"""A number is padded to this many digits; one of another shape is somebody else's."""

_NAMED = re.compile(
    r"(?<![a-z])(?P<prefix>inv|cn)[\W_]*(?P<digits>[0-9]+(?:(?:[^\w|]|_)+[0-9]+(?![a-z0-9]))*)",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?:(?P<credit>cn|credit note|credit)|inv|invoice)?[\W_]*(?:no|number)?[\W_]*"
    rf"(?P<digits>[0-9]{{1,{DIGITS}}})",
    re.IGNORECASE,
)
_RUN = re.compile(r"[0-9]+")


def document_numbers(text: str) -> tuple[str, ...]:
    """The document numbers that a text names, each once, in order: `INV-000001`, `CN-000002`.

    Digits that are cut up (`INV 000 001`) are put together. Whether there is such a document is
    for the books to say.
    """
    found: dict[str, None] = {}
    for match in _NAMED.finditer(text):
        prefix = match["prefix"].upper()
        waiting = ""
        for run in _RUN.findall(match["digits"]):
            waiting += run
            if len(waiting) < DIGITS:
                continue
            if waiting == f"{int(waiting):0{DIGITS}d}":
                found[f"{prefix}-{waiting}"] = None
            waiting = ""
    return tuple(found)


def document_meant(cell: str) -> str | None:
    """The number of the one document that a cell stands for, where it can stand for nothing else:
    `INV-000150`, `Invoice #150`, `150`. None for anything else, another's number among them.

    A text of free words is not read so: there, a short number may be anything.
    """
    named = document_numbers(cell)
    if named:
        return named[0] if len(named) == 1 else None
    short = _SHORT.fullmatch(cell.strip())
    if short is None or not int(short["digits"]):
        return None
    return f"{'CN' if short['credit'] else 'INV'}-{int(short['digits']):0{DIGITS}d}"


def one_slip(one: str, other: str) -> bool:
    """Whether one slip of the pen makes one number the other: a digit that is wrong, left out or
    put in, or two that stand the other way round. A number is no slip of itself."""
    (prefix, _, ours), (other_prefix, _, theirs) = one.partition("-"), other.partition("-")
    if prefix != other_prefix or ours == theirs:
        return False
    if len(ours) == len(theirs):
        wrong = [place for place, digit in enumerate(ours) if digit != theirs[place]]
        if len(wrong) == 1:
            return True
        first, last = wrong[0], wrong[-1]
        turned = ours[first : last + 1] == theirs[first : last + 1][::-1]
        if len(wrong) == 2 and last == first + 1 and turned:
            return True
    longer, shorter = sorted((ours.lstrip("0"), theirs.lstrip("0")), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
    )


def may_name_documents(text: str) -> bool:
    """Whether it is worth looking for document numbers: a quick no for most of many texts."""
    # Plain searches: they take a third of the time, of which a large statement has a great deal.
    lowered = text.lower()
    return "nv" in lowered or "cn" in lowered


def words_beside(text: str) -> list[str]:
    """What a text says besides document numbers: its pieces, as `|` and the numbers part them."""
    return [piece.strip() for piece in _NAMED.sub("|", text).split("|") if piece.strip(" ,")]
