"""Folders that files are written into."""

from pathlib import Path

from levytool.problems import UsageError


def require_folder(folder: Path) -> None:
    """Refuse, before anything is done, what can be no folder: a file, or a place below one."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise UsageError(f"{there} is a file; name a folder with --into DIR")
