"""The form that a file's name asks for: `-o alder.pdf` is a PDF, with or without `--format`."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import typer

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
"""Endings that mean one form and no other; a file of any other ending takes whatever is asked."""


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


def meant_by(file: Path | None, forms: tuple[StrEnum, ...]) -> str | None:
    """The form that the file's ending means; None for any other ending.

    Raises UsageError for a form in which a document is not written.
    """
    meant = BY_ENDING.get(file.suffix.lower()) if file is not None else None
    values = [form.value for form in forms]
    if meant is None or meant in values:
        return meant
    if meant == "markdown" or "table" in values:
        return None
    raise UsageError(f"{file} would be {meant}; this is written as {', '.join(values)}")


def _require_no_contradiction(file: Path | None, form: StrEnum | None, meant: str | None) -> None:
    if meant is not None and form is not None and form.value != meant:
        raise UsageError(
            f"{file} is the name of a {meant} file and {form.value} was asked for; leave one out, "
            "or name the file otherwise"
        )
