"""Names that parties go by in files, and would be recognised by no longer."""

from levytool.book.names import Kind, Names
from levytool.book.records import Book
from levytool.problems import Problem


def dropped_names(old: Book, new: Book) -> tuple[Problem, ...]:
    """A warning for each party renamed without its old name kept: files still may spell it so."""
    names = Names(new)
    members = ((code, m.name) for code, m in old.members.items() if code in new.members)
    contractors = ((code, c.name) for code, c in old.contractors.items() if code in new.contractors)
    renamed: tuple[tuple[Kind, str, str], ...] = (
        *(("member", code, name) for code, name in members),
        *(("contractor", code, name) for code, name in contractors),
    )
    before = Names(old)
    return tuple(
        Problem(
            "name-dropped",
            f"{code}: {name!r} is no longer recognised as this {kind}",
            f'where files may still say so, keep it: aliases = ["{name}"]',
        )
        for kind, code, name in renamed
        if before.of(kind).recognise(name) == code and names.of(kind).recognise(name) != code
    )
