"""The consortium's logo: taken in with the book, kept in the ledger, refused where it is none."""

import struct
import zlib
from pathlib import Path

import pytest

from levytool.book.logo import LARGEST, PNG, SVG, logo_words, picture, with_logo
from levytool.book.read import read_book

LOGO = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
BOOK = '# our book\n[consortium]\nname = "C"\nlogo = "our.svg"\naccent = "#123a5a"\n'


def png(side: int = 4) -> bytes:
    """A square of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = (b"\0" + b"\x1d\x5c\x63" * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def missing(name: str) -> bytes:
    raise FileNotFoundError(name)


@pytest.mark.parametrize(("data", "media"), [(LOGO, SVG), (png(), PNG)])
def test_the_bytes_take_the_place_of_the_name(data: bytes, media: str) -> None:
    text, problems = with_logo(BOOK, "book.toml", lambda name: data)
    assert problems == ()
    book, wrong = read_book(text, "book.toml")
    assert wrong == [] or wrong == ()
    assert book is not None and picture(book.consortium.logo) == (media, data)
    assert text.splitlines()[0] == "# our book" and text.endswith('accent = "#123a5a"\n')
    assert f"{media}, {len(data):,} bytes" in logo_words(book.consortium.logo)


def test_a_book_with_its_logo_in_it_stays_as_it_is() -> None:
    text, _ = with_logo(BOOK, "book.toml", lambda name: LOGO)
    assert with_logo(text, "book.toml", missing) == (text, ())


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"GIF89a", "neither SVG nor PNG"),
        (b"", "neither SVG nor PNG"),
        (b"<html><svg-like></html>", "neither SVG nor PNG"),
        (LOGO.replace(b"/>", b"><script>alert(1)</script></svg>"), "more than a picture"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + LOGO[22:], "more than a picture"),
        (png() + b"\0" * LARGEST, "at most 200,000"),
    ],
)
def test_what_is_no_small_picture_is_refused(data: bytes, told: str) -> None:
    text, (problem,) = with_logo(BOOK, "book.toml", lambda name: data)
    assert text == BOOK
    assert told in problem.message and problem.hint
    assert (problem.file, problem.row, problem.column) == ("book.toml", 4, "logo")


def test_a_file_that_is_not_there_is_refused() -> None:
    _, (problem,) = with_logo(BOOK, "book.toml", missing)
    assert "cannot be read" in problem.message and problem.value == ""


@pytest.mark.parametrize("text", ["not toml [", '[consortium]\nname = "C"\n', "consortium = 3\n"])
def test_a_book_without_one_or_that_cannot_be_read_is_left_alone(text: str) -> None:
    assert with_logo(text, "book.toml", missing) == (text, ())


def test_a_line_that_only_looks_like_the_logo_is_left_alone() -> None:
    text = BOOK + '[[members]]\ncode = "M"\nname = "M"\nemail = """\nlogo = "other.svg"\n"""\n'
    whole, problems = with_logo(text, "book.toml", lambda name: LOGO)
    assert problems == () and whole.endswith('logo = "other.svg"\n"""\n')


def test_png_is_a_picture_of_its_size(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(7))
    whole, _ = with_logo(BOOK, "b", lambda name: (tmp_path / "a.png").read_bytes())
    assert png(7)[16:24] == struct.pack(">II", 7, 7) and "data:image/png;base64," in whole
