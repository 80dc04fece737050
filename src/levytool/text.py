"""Text that leaves the tool: for a spreadsheet, or for a terminal."""

FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """A text cell that a spreadsheet cannot take for a formula (domain §3.10)."""
    return f"'{text}" if text.startswith(FORMULA_BEGINNINGS) else text


def is_number(text: str) -> bool:
    """Whether a cell is a plain number, such as `-1234.50`: those stay as they are."""
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def csv_cell(text: str) -> str:
    """A cell of a CSV file: numbers as they are, text neutralised."""
    return neutral(text) if text.startswith(FORMULA_BEGINNINGS) and not is_number(text) else text


def counted(count: int, noun: str, many: str = "") -> str:
    """A number with its noun: `1 line`, `1,234 lines`, `2 entries`.

    `many` is what stands for more than one where that is not the noun with an s: `line waits`,
    `lines wait`.
    """
    if count == 1:
        return f"1 {noun}"
    ends_in_y = noun.endswith("y") and noun[-2:-1] not in set("aeiou")
    plural = f"{noun[:-1]}ies" if ends_in_y else f"{noun}s"
    return f"{count:,} {many or plural}"


def sentence(words: str) -> str:
    """Words with a capital before them and a full stop after."""
    return f"{words[0].upper()}{words[1:]}."


def printable(text: str) -> str:
    """Text on one line, with nothing in it that a terminal would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def printable_lines(text: str) -> str:
    """The same of text in several lines."""
    return "\n".join(map(printable, text.split("\n")))
