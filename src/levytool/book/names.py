"""Who a name in a file means: parties recognised by code, name or alias, and codes for new ones.

Contract, *The book*: case, punctuation, Ltd/Limited and spaces are folded. A name is never
guessed: two parties whose names fold to the same text are told apart by their codes only.
"""

import difflib
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator
from typing import Literal

from levytool.book.records import Book, Contractor, Member
from levytool.book.short_names import Words, name_words, short_for, without_form

Kind = Literal["member", "contractor", "framework"]

CODE_LENGTH = 20
MEMO_LIMIT = 200_000
BANK_NAME_LENGTH = 18
"""Payment systems carry this much of a payer's name; the rest is cut off."""

TELLING_WORDS = 2
"""So many words of a name at a text's beginning are no chance; one may be any word."""

_WORD = re.compile(r"[^\W_]+")
_DROPPED = re.compile(r"['’‘`.]")
_LEGAL_FORMS = (
    (re.compile(r"\bpublic limited company\b"), "plc"),
    (re.compile(r"\blimited liability partnership\b"), "llp"),
    (re.compile(r"\blimited\b"), "ltd"),
)
_CODE_STOPWORDS = frozenset({"ltd", "limited", "plc", "llp", "the", "and", "of", "for", "t", "ta"})


def _words(text: str) -> list[str]:
    plain = text.casefold()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = _DROPPED.sub("", plain.replace("&", " and "))
    return _WORD.findall(plain)


def fold(text: str) -> str:
    """The text without what does not tell names apart: case, accents, punctuation and spaces.

    `Limited` counts as `Ltd`, `public limited company` as `plc`, `&` as `and`.
    """
    words = " ".join(_words(text))
    for long_form, short_form in _LEGAL_FORMS:
        words = long_form.sub(short_form, words)
    return words.replace(" ", "")


class PartyNames:
    """The parties of one kind, found by code, name or alias."""

    def __init__(self, parties: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """`parties` gives each one's code and the names it goes by."""
        self._titles: dict[str, str] = {}
        self._folded: dict[str, str | None] = {}
        self._without_ltd: dict[str, str | None] = {}
        self._memo: dict[str, str | None] = {}
        for code, names in parties:
            self._titles[code] = names[0] if names else code
            self._remember(self._folded, fold(code), code)
            for name in names:
                self._remember(self._folded, fold(name), code)
                self._remember(self._without_ltd, fold(name).removesuffix("ltd"), code)

    @staticmethod
    def _remember(index: dict[str, str | None], key: str, code: str) -> None:
        index[key] = code if index.get(key, code) == code else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._titles)

    def __len__(self) -> int:
        return len(self._titles)

    def __contains__(self, code: object) -> bool:
        return code in self._titles

    def title(self, code: str) -> str:
        """The name of a party by its code. Raises KeyError."""
        return self._titles[code]

    def recognise(self, text: str) -> str | None:
        """The code that `text` means, or None when it means none, or more than one."""
        try:
            return self._memo[text]
        except KeyError:
            if len(self._memo) >= MEMO_LIMIT:
                self._memo.clear()
            return self._memo.setdefault(text, self._look_up(text))

    def _look_up(self, text: str) -> str | None:
        code = text.strip().upper()
        if code in self._titles:
            return code
        key = fold(text)
        if not key:
            return None
        if key in self._folded:
            return self._folded[key]
        # `Brooks Roofing` for `Brooks Roofing Ltd`, or the other way, where only one is meant.
        return self._without_ltd.get(key.removesuffix("ltd"))

    def nearest(self, text: str, count: int = 3, likeness: float = 0.6) -> list[str]:
        """Codes whose code, name or alias looks most like `text`, best first. With a `likeness` of
        0.0 so many are found wherever there are so many parties, however little they look like it.
        """
        key, several = fold(text), count * (2 if likeness else len(self._folded) + 1)
        close = difflib.get_close_matches(key, self._folded, n=several, cutoff=likeness)
        found = (self._folded[key] for key in close)
        return list(dict.fromkeys(code for code in found if code is not None))[:count]


class Names:
    """Every party of a book, by kind."""

    def __init__(self, book: Book) -> None:
        self.members = PartyNames((m.code, (m.name, *m.aliases)) for m in book.members.values())
        self.contractors = PartyNames(
            (c.code, (c.name, *c.aliases)) for c in book.contractors.values()
        )
        self.frameworks = PartyNames((f.code, (f.title,)) for f in book.frameworks.values())

    def of(self, kind: Kind) -> PartyNames:
        """The parties of `kind`."""
        if kind == "member":
            return self.members
        return self.contractors if kind == "contractor" else self.frameworks

    def nearest(self, kind: Kind, text: str) -> list[str]:
        """Codes of the parties of `kind` whose names look most like `text`, best first."""
        return self.of(kind).nearest(text)


class BankNames:
    """The parties that a bank's description names, whole or as banks cut it.

    Members and contractors are found by code, name or alias, with `Ltd` or without.
    """

    def __init__(self, book: Book) -> None:
        self._folded: dict[str, set[str]] = {}
        self._words: dict[str, dict[Words, set[str]]] = {}
        self._perhaps: dict[Words, frozenset[str]] = {}
        self._whole: set[Words] = set()
        self._beginning: dict[Words, set[str]] = {}
        parties: list[Member | Contractor] = [*book.members.values(), *book.contractors.values()]
        for party in parties:
            for name in (party.code, party.name, *party.aliases):
                whole = fold(name)
                for key in (whole, whole.removesuffix("ltd"), fold(name[:BANK_NAME_LENGTH])):
                    self._folded.setdefault(key, set()).add(party.code)
                words = name_words(name)
                for letter in {words[0][0]} if words else ():
                    self._words.setdefault(letter, {}).setdefault(words, set()).add(party.code)
                self._remember_beginnings(without_form(words), party.code)

    def _remember_beginnings(self, words: Words, code: str) -> None:
        if len(words) >= TELLING_WORDS:
            self._whole.add(words)
        for count in range(TELLING_WORDS, len(words) + 1):
            self._beginning.setdefault(words[:count], set()).add(code)

    def named(self, words: str) -> set[str]:
        """The codes of the parties that the words, or a part between commas, may mean: as they are
        called, or called so at its beginning, where the reference follows in the same field."""
        parts = (words, *words.split(","))
        keys = {fold(part) for part in parts}
        keys |= {key.removesuffix("ltd") for key in keys}
        found = {code for key in keys - {""} for code in self._folded.get(key, ())}
        return found or self._only_one(name_words(words))

    def _only_one(self, words: Words) -> set[str]:
        """The party that a text begins with, where no other may be meant."""
        found = self._begins(words)
        return found if len(found) == 1 and self._short(words) <= found else set()

    def _begins(self, words: Words) -> set[str]:
        """The parties whose name of several words a text begins with, whole. One whose longer name
        begins the same may be meant too: banks cut names."""
        for count in range(len(words), TELLING_WORDS - 1, -1):
            if words[:count] in self._whole:
                return self._beginning[words[:count]]
        return set()

    def perhaps(self, words: str) -> frozenset[str]:
        """The codes of the parties whose names the words, or a part between commas, may be short
        for. It tells only among whom to look."""
        short = frozenset[str]().union(*map(self._short, map(name_words, words.split(","))))
        return short | self._begins(name_words(words))

    def _short(self, words: tuple[str, ...]) -> frozenset[str]:
        if words not in self._perhaps:
            alike = self._words.get(words[0][0], {}) if words else {}
            self._perhaps[words] = frozenset(
                code for name, codes in alike.items() if short_for(words, name) for code in codes
            )
        return self._perhaps[words]


def suggest_code(name: str, taken: Container[str]) -> str:
    """A code for a new party, made from its name: `Salix Homes Ltd` gives `SALIX-HOMES`.

    Legal forms and small words are left out; where the code is in `taken`, a number is added.
    The result fits `[A-Z0-9][A-Z0-9-]{0,19}` (contract, *The book*).
    """
    ascii_name = unicodedata.normalize("NFKD", name.replace("&", " and "))
    words = _WORD.findall(_DROPPED.sub("", ascii_name.encode("ascii", "ignore").decode()).upper())
    telling = [word for word in words if word.casefold() not in _CODE_STOPWORDS]
    base = "-".join(telling or words)[:CODE_LENGTH].rstrip("-") or "PARTY"
    if len(base) == 1:  # one letter would be met in any column of lots or grades
        base = f"PARTY-{base}"
    code, number = base, 1
    while code in taken:
        number += 1
        suffix = f"-{number}"
        code = base[: CODE_LENGTH - len(suffix)].rstrip("-") + suffix
    return code
