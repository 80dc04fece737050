"""The files of an export: where they may go, and how they get there."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from levytool.cli import output
from levytool.cli.folders import require_folder
from levytool.cli.options import OutputFormat
from levytool.problems import UsageError

if TYPE_CHECKING:
    from levytool.desk.month_end.export_entries import Exported

MANIFEST = "manifest.json"
NOT_ON_SCREEN = ("export", "kind", "sha256")
"""What a table has no room for: the line below it names the export, JSON and CSV have it all."""


def place_for(into: Path, number: str) -> None:
    """See that the folder can take an export; it is made later where it is missing.

    A folder holds one export, whose manifest it has. Raises UsageError where it holds another, or
    takes no file.
    """
    require_folder(into)
    held = _held_by(into / MANIFEST)
    if held not in ("", number):
        raise UsageError(f"{into} holds {held}; name another folder for {number}: --into DIR")


def _held_by(manifest: Path) -> str:
    """Which export a folder holds; '' where it holds none."""
    if not manifest.exists():
        return ""
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        return "another manifest"
    return str(found.get("export", "another manifest"))


def show_export(
    exported: "Exported",
    into: Path,
    output_format: OutputFormat | None,
    to: Path | None,
    *,
    dry_run: bool,
) -> None:
    """Write the files, the manifest last, and list them; a dry run lists what would be."""
    if exported.files and not dry_run:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in exported.files:
            waiting = into / f".{name}.unfinished"
            waiting.write_bytes(text.encode())
            waiting.replace(into / name)
    columns: tuple[str, ...] | None = None
    if exported.rows and output_format is not OutputFormat.CSV:
        columns = tuple(key for key in exported.rows[0] if key not in NOT_ON_SCREEN)
    output.show_rows(exported.rows, output_format, to, columns=columns, title="Export", empty="")
    where = "nothing was written" if dry_run else f"{into} has it, with {MANIFEST}"
    output.say(f"{exported.said}; {where}" if exported.files else exported.said)
