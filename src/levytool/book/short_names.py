"""Names that payers write short: `Brooks Rfg`, `NWB`, `Coastal Marine Svc`.

What a text may be short for is wide on purpose: it only says among whom to look, never who it is.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LEGAL = frozenset({"ltd", "limited", "plc", "llp", "inc", "co", "corp", "company", "the"})
_OF_BANKS = frozenset({
    "ach", "bacs", "bgc", "bank", "bill", "bp", "cash", "chaps", "chq", "cheque", "credit", "cr",
    "deposit", "eft", "faster", "fp", "fpi", "fps", "from", "giro", "inv", "invoice", "levy",
    "payment", "payments", "receipt", "ref", "reference", "tfr", "transfer", "wire",
})  # fmt: skip
"""What banks and payers write that is nobody's name."""

Words = tuple[str, ...]

INITIALS = 3
"""The fewest letters that can stand for a whole name."""


def name_words(text: str) -> Words:
    """The words of a name or text, without those that banks put in."""
    return tuple(word for word in _WORD.findall(text.casefold()) if word not in _OF_BANKS)


def without_form(words: Words) -> Words:
    """A name's words without the legal forms at its end."""
    while words and words[-1] in _LEGAL:
        words = words[:-1]
    return words


class WholeNames:
    """Names that are looked for within texts, word by word."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` has what each code is called."""
        self._codes: dict[Words, set[str]] = {}
        self._lengths: dict[str, set[int]] = {}
        for code, called in names.items():
            for words in filter(None, map(name_words, called)):
                self._codes.setdefault(words, set()).add(code)
                self._lengths.setdefault(words[0], set()).add(len(words))

    def within(self, text: str) -> set[str]:
        """The codes of which a name stands in the text, whole."""
        said = name_words(text)
        return {
            code
            for at, word in enumerate(said)
            for length in self._lengths.get(word, ())
            for code in self._codes.get(said[at : at + length], ())
        }


def short_for(text: Words, name: Words) -> bool:
    """Whether the words of a text may stand for a name, given by its words.

    Each word of the text, in order, is a word of the name, its beginning or its letters with some
    left out, or the initials of several; the first begins the name. Words of the name may be
    missing, legal forms (`Ltd`) may be missing or added. A number stands for itself alone.
    """
    words = tuple(word for word in text if word not in _LEGAL)
    if not words or not name or words[0][0] != name[0][0]:
        return False
    if len(words) == 1 and len(words[0]) < INITIALS:
        return False
    return any(_rest(words[1:], name[taken:]) for taken in _taken(words[0], name))


def _rest(words: Words, name: Words) -> bool:
    if not words:
        return True
    return any(
        _rest(words[1:], name[start + taken :])
        for start in range(len(name))
        for taken in _taken(words[0], name[start:])
    )


@lru_cache(maxsize=50_000)
def _taken(word: str, name: Words) -> frozenset[int]:
    """How many words from the name's first on a word may stand for. A bank's texts begin alike."""
    if word.isdecimal() or name[0].isdecimal():
        return frozenset({1} if word == name[0] else ())
    return frozenset(count for count in range(1, len(name) + 1) if _initials(word, name[:count]))


def _initials(word: str, name: Words) -> bool:
    """Whether a word's letters come in order from these words, of each its first at least."""
    if not name:
        return not word
    if not word or word[0] != name[0][0]:
        return False
    at = 0
    for used in range(1, len(word) + 1):
        at = name[0].find(word[used - 1], at) + 1
        if not at:
            return False
        if _initials(word[used:], name[1:]):
            return True
    return False
