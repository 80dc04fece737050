"""The form that a file's name asks for: `-o alder.pdf` is a PDF, with or without `--format`."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import typer

from levytool.cli.folders import require_room
from levytool.problems import UsageError

BY_ENDING = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".xlsx": "xlsx",
}
"""Endings that mean one form and no other."""

OF_OTHERS = frozenset(
    {
        *("doc", "docx", "gz", "jpeg", "jpg", "odp", "ods", "odt", "png", "ppt", "pptx", "rtf"),
        *("svg", "tsv", "xls", "xlsm", "xml", "zip"),
    }
)
"""Endings that mean kinds of file of other programs; one of any further ending, such as .txt,
takes whatever is asked."""

ENDING_OF = {"markdown": ".md", "text": ".txt", "plain": ".txt", "table": ".txt"}
"""How a file of a form is named, where that is not the form's own name."""


_FORM, _FILE = "levytool.form", "levytool.file"
"""What was met so far: click calls an option's callback in the order in which they are typed."""


T = TypeVar("T", bound=StrEnum)


def form_of(
    *forms: T,
) -> Callable[[typer.Context, typer.CallbackParam, T | None], T | None]:
    """The callback of an option that chooses among forms. Not given, the file's ending chooses."""

    def chosen(ctx: typer.Context, option: typer.CallbackParam, form: T | None) -> T | None:
        source = ctx.get_parameter_source(option.name or "")
        given = source is not None and source.name == "COMMANDLINE"
        file: Path | None = ctx.meta.get(_FILE)
        meant = meant_by(file, forms)
        if given:
            ctx.meta[_FORM] = (form, forms)
            _require_no_contradiction(file, form, meant)
            return form
        return form if meant is None else next(one for one in forms if one.value == meant)

    return chosen


def writable(option: typer.CallbackParam, path: Path | None) -> Path | None:
    """Refuse at once what could not be written once the act is done."""
    if path is not None and not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write {path.name} into")
    if path is not None and path.is_dir():
        raise UsageError(f"{path} is a folder; name a file for {option.opts[-1]}")
    if path is not None and (path.is_file() or not path.exists()):  # no device, no pipe
        require_room(path.parent, f"name another place for {option.opts[-1]}")
    return path


def file_to_write(
    ctx: typer.Context, option: typer.CallbackParam, path: Path | None
) -> Path | None:
    """The callback of `-o`: a place that can be written, whose ending is no other form's than the
    one given before it. Raises UsageError."""
    ctx.meta[_FILE] = writable(option, path)
    form, forms = ctx.meta.get(_FORM, (None, ()))
    if form is not None:
        _require_no_contradiction(path, form, meant_by(path, forms))
    return path


def csv_to_write(ctx: typer.Context, option: typer.CallbackParam, path: Path | None) -> Path | None:
    """The callback of an option whose file is CSV and nothing else. Raises UsageError."""
    meant_by(path, ("csv",))
    return writable(option, path)


def meant_by(file: Path | None, forms: Sequence[str]) -> str | None:
    """The form that the file's ending means; None for any ending that means none.

    Raises UsageError for a form in which it is not written: under that name no program reads it.
    """
    ending = file.suffix.lower() if file is not None else ""
    meant = BY_ENDING.get(ending)
    values = [str(form) for form in forms]
    if meant in values or (meant is None and ending.removeprefix(".") not in OF_OTHERS):
        return meant
    if meant == "markdown" and "text" in values:
        return None
    named = dict.fromkeys(f"{file.stem if file else ''}{ENDING_OF.get(v, f'.{v}')}" for v in values)
    raise UsageError(
        f"{file} would be {meant or ending.removeprefix('.')}; this is written as "
        f"{', '.join(values)}: name it {' or '.join(named)}"
    )


def _require_no_contradiction(file: Path | None, form: StrEnum | None, meant: str | None) -> None:
    if meant is not None and form is not None and form.value != meant:
        raise UsageError(
            f"{file} is the name of a {meant} file and {form.value} was asked for; leave one out, "
            "or name the file otherwise"
        )
